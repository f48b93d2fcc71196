import OctobotModel
import Synchronization

/// The roles that were read since the store last changed.
final class RoleMemory: Sendable {
    private struct Membership: Hashable {
        var user: UserID
        var project: ProjectID
    }

    private struct State {
        var generation: UInt64 = 0
        var roles: [Membership: Role] = [:]
    }

    private let state = Mutex(State())

    /// The role, unless something was written since it was remembered.
    func role(of user: UserID, in project: ProjectID, _ generation: UInt64) -> Role? {
        state.withLock { $0.generation == generation ? $0.roles[Membership(user: user, project: project)] : nil }
    }

    /// Only members are remembered, so that nobody fills it with projects that do not exist.
    func remember(_ role: Role, of user: UserID, in project: ProjectID, _ generation: UInt64) {
        state.withLock { state in
            if state.generation != generation { state = State(generation: generation) }
            state.roles[Membership(user: user, project: project)] = role
        }
    }
}
