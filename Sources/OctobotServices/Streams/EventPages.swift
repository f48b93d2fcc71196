import OctobotModel
import OctobotStore
import Synchronization

/// The pages of event logs that were read since the store last changed.
///
/// All who wait at a log's end are woken by one commit and want the same page: the first reads and encodes it, the others
/// get it from here.
final class EventPages: Sendable {
    private struct Place: Hashable {
        var project: ProjectID
        var position: Int64
    }

    private struct State {
        var generation: UInt64 = 0
        var pages: [Place: PageReader.Page] = [:]
    }

    /// Pages of at most 200 entries, for readers at different places.
    private static let limit = 32

    private let state = Mutex(State())

    /// The page after `position`, unless something was written since it was kept.
    func page(of project: ProjectID, after position: Int64, _ generation: UInt64) -> PageReader.Page? {
        state.withLock { state in
            guard state.generation == generation else { return nil }
            return state.pages[Place(project: project, position: position)]
        }
    }

    /// - Parameter generation: The store's, taken before the page was read: a write in between makes the page void.
    func keep(_ page: PageReader.Page, of project: ProjectID, after position: Int64, _ generation: UInt64) {
        state.withLock { state in
            if state.generation != generation || state.pages.count >= Self.limit {
                state = State(generation: generation)
            }
            state.pages[Place(project: project, position: position)] = page
        }
    }
}
