import JSONText
package import Logging
package import OctobotAPI
package import OctobotModel
package import OctobotServices
import Synchronization

/// Checks, before the service is asked, that `principal` may make a call of this access level.
///
/// `project` is the project the params mean, and only given where the level is relative to one.
package typealias Authorizer =
    @Sendable (_ access: Access, _ project: ProjectID?, _ principal: Principal) async throws(Fault) -> Void

/// Every operation the daemon serves, bound to the one service call it means.
///
/// The socket and the gateway both enter here: look-up, validation, decoding, access check, service, encoding, and the
/// one place where failures become faults.
package final class OperationTable: Sendable {
    /// What members of the params that no declaration knows mean.
    package enum UnknownMembers: Sendable {
        /// The call is refused, naming the nearest known member: the socket.
        case refuse
        /// They are not looked at: HTTP (decision 47).
        case ignore
    }

    let authorize: Authorizer
    let answerLimit: Int
    let clock: any Clock<Duration>
    let logger: Logger
    let gate: CallGate
    private let bound = Mutex<[String: BoundOperation]>([:])

    /// - Parameters:
    ///   - answerLimit: The largest encoded result in bytes; beyond it the call fails with `ResponseTooLarge`.
    ///   - clock: Measures deadlines.
    package init(
        answerLimit: Int = 16 << 20,
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger,
        authorize: @escaping Authorizer
    ) {
        self.answerLimit = answerLimit
        self.clock = clock
        self.logger = logger
        self.authorize = authorize
        gate = CallGate(clock: clock)
    }

    /// Binds an operation to the service call it means; a second registration replaces the first.
    ///
    /// - Parameters:
    ///   - isShort: Whether it is one short, indexed read and nothing else: then it runs on the event loop of its
    ///     connection (decision 71).
    ///   - perform: May throw ``Fault``; anything else is a bug of ours and reaches the caller as `Internal`.
    package func register<Declaration: Operation>(
        _ declaration: Declaration.Type,
        isShort: Bool = false,
        perform: @escaping @Sendable (Declaration.Params, Call) async throws -> Declaration.Result
    ) {
        bind(BoundOperation(declaration, isShort: isShort, perform: perform))
    }

    /// Binds a stream to the service call that opens a reader of its log.
    package func register<Declaration: StreamOperation>(
        stream declaration: Declaration.Type,
        open: @escaping @Sendable (Declaration.Params, Call) async throws -> LogReader
    ) {
        bind(BoundOperation(stream: declaration, open: open))
    }

    private func bind(_ operation: BoundOperation) {
        bound.withLock { $0[operation.name] = operation }
    }

    /// Whether `name` is a stream, which only ``open(_:params:call:unknownMembers:)`` serves.
    package func isStream(_ name: String) -> Bool {
        bound.withLock { $0[name]?.isStream ?? false }
    }

    /// Whether `name` may run on an event loop.
    package func isShort(_ name: String) -> Bool {
        bound.withLock { $0[name]?.isShort ?? false }
    }

    /// The names of the operations bound so far, sorted.
    package var boundOperations: [String] {
        bound.withLock { $0.keys.sorted() }
    }

    /// Declared operations nothing is bound to, sorted; `rpc.*` belongs to the connection and does not count.
    package var unboundOperations: [String] {
        let names = bound.withLock { Set($0.keys) }
        return Operations.all.map(\.name).filter { !$0.hasPrefix("rpc.") && !names.contains($0) }.sorted()
    }

    /// - Throws: `MethodNotFound` with the nearest names.
    func operation(named name: String) throws(Fault) -> BoundOperation {
        if let operation = bound.withLock({ $0[name] }) { return operation }
        throw unknownMethod(name)
    }

    /// The refusal of a method nobody serves, with the nearest names.
    package func unknownMethod(_ name: String) -> Fault {
        let protocolNames = Operations.all.map(\.name).filter { $0.hasPrefix("rpc.") }
        let suggestions = NearestNames(among: boundOperations + protocolNames).nearest(to: name)
        let shown = name.prefix(128)
        return Fault(
            .methodNotFound,
            "There is no method '\(shown)'.",
            details: suggestions.isEmpty ? [:] : ["suggestions": .array(suggestions.map { .string($0) })],
            hint: suggestions.first.map { "Did you mean '\($0)'?" } ?? "'rpc.discover' lists all methods."
        )
    }

    /// From now on new calls are refused with `ShuttingDown`; running ones go on.
    package func beginShutdown() {
        gate.close()
    }

    /// Returns once no call runs, or when `limit` is over.
    package func drain(for limit: Duration = .seconds(10)) async {
        await gate.drain(for: limit)
    }
}
