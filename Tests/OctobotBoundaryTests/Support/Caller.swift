import OctobotAPI
import OctobotModel
import OctobotServices

/// Who calls, in relation to the project called about.
enum Caller: String, CaseIterable, Sendable {
    case owner, admin, member
    /// Owns another project.
    case outsider
    /// Is not logged in.
    case nobody
    /// Runs the daemon, and is no member.
    case operatorOfHost

    var principal: Principal {
        switch self {
        case .nobody: .nobody
        case .operatorOfHost: .anonymous
        default: Principal(userID: userID, name: rawValue)
        }
    }

    var userID: UserID { UserID("user-" + rawValue) }

    /// What membership of this caller looks like in a project it belongs to.
    static let members: [(UserID, Role)] = [
        (Caller.owner.userID, .owner), (Caller.admin.userID, .admin), (Caller.member.userID, .member),
    ]

    /// What the declaration says about this caller, as a table of its own: the code under test has another.
    func may(_ access: Access) -> Bool {
        switch access {
        case .public: true
        case .user: self != .nobody
        case .member: [.member, .admin, .owner].contains(self)
        case .admin: [.admin, .owner].contains(self)
        case .owner: self == .owner
        case .operator: self == .operatorOfHost
        }
    }
}
