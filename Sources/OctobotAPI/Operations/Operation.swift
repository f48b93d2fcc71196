package import OctobotModel

/// One thing a caller can ask for, declared once.
///
/// Dispatch, validation, access checks, REST routes, the OpenRPC document and the commands of `octoctl` are made from it.
/// A declaration that leaves out its access level or its errors does not compile.
package protocol Operation: Sendable {
    associatedtype Params: Codable & Sendable & SchemaDescribing
    associatedtype Result: Codable & Sendable & SchemaDescribing

    /// `noun.verb`, also the path of the command in `octoctl`.
    static var name: String { get }
    /// One line, without a final full stop.
    static var summary: String { get }
    /// What the summary leaves out: effects, order, what a repetition does.
    static var description: String { get }
    /// Who may call it.
    static var access: Access { get }
    /// The REST routes that mean the same; none for what only the socket offers.
    static var http: [HTTPBinding] { get }
    /// The faults that are its own; ``AnyOperation/errors`` adds those every call can meet.
    static var errors: [FaultKind] { get }
    static var concurrency: Concurrency { get }
    /// Whether a repetition with the same params changes nothing more.
    static var isIdempotent: Bool { get }
    /// Whether it goes on when its connection ends.
    static var isDurable: Bool { get }
    /// Whether clients may send it as a notification too (rpc.md §3).
    static var acceptsNotification: Bool { get }
    /// The API version that introduced it.
    static var since: String { get }
    static var exampleParams: Params { get }
    static var exampleResult: Result { get }
}

extension Operation {
    package static var http: [HTTPBinding] { [] }
    package static var concurrency: Concurrency { .parallel }
    package static var acceptsNotification: Bool { false }
    package static var since: String { "0.1" }
}

/// An operation that starts a subscription; its items follow as notifications.
package protocol StreamOperation: Operation where Result == Subscribed {
    /// What the `data` of an `event` notification is.
    associatedtype Item: Codable & Sendable & SchemaDescribing
    /// The method of its notifications.
    static var notification: String { get }
    static var exampleItem: Item { get }
}

/// Who may call an operation, from everybody to the person who runs the host.
package enum Access: String, Sendable, CaseIterable {
    /// Anybody, also without login.
    case `public`
    /// Anybody who is logged in.
    case user
    /// A member of the project in the params, or one with the role named.
    case member, admin, owner
    /// Whoever runs the daemon.
    case `operator`

    /// Whether the check needs a project.
    package var isProjectScoped: Bool { projectRole != nil }

    /// The role a member of the project needs.
    package var projectRole: Role? {
        switch self {
        case .member: .member
        case .admin: .admin
        case .owner: .owner
        case .public, .user, .operator: nil
        }
    }
}

/// Whether calls of one operation on one connection may overtake each other.
package enum Concurrency: Sendable, Equatable {
    case parallel
    /// Calls with the same value of this params member run in the order of their arrival.
    case serial(by: String)
}

/// Params that mean a project.
package protocol ProjectScoped {
    var projectID: ProjectID? { get }
}

extension ProjectScoped {
    /// The project meant: the one named, else `local`.
    package var project: ProjectID { projectID ?? .local }
}

/// Params of a list operation.
package protocol Paged {
    var limit: Int? { get }
    var cursor: String? { get }
}

extension Paged {
    /// How many items the page may have.
    package var pageSize: Int { limit ?? 100 }
}
