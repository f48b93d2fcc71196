import JSONText
package import Logging
package import OctobotModel
package import OctobotStore
import SQLDatabase

/// What a transaction's commit has to wake.
package struct Wakes: Sendable {
    var bells: Set<Bell> = []
    /// Sessions whose turn runner has something to do.
    var sessions: Set<SessionID> = []

    mutating func ring(_ bell: Bell) { bells.insert(bell) }

    /// Wakes the session's turn runner, starting it when none runs.
    mutating func run(_ session: SessionID) {
        sessions.insert(session)
        bells.insert(.turns(session))
    }
}

/// The one way services change the store: transaction, then wake-ups, faults at the edge.
package struct Ledger: Sendable {
    package let store: Store
    package let bells: Bells
    let logger: Logger
    /// Starts the turn runner of a session; set by the composition of ``Services``.
    private let startRunner: @Sendable (SessionID) -> Void

    package init(
        store: Store,
        bells: Bells,
        logger: Logger,
        startRunner: @escaping @Sendable (SessionID) -> Void
    ) {
        self.store = store
        self.bells = bells
        self.logger = logger
        self.startRunner = startRunner
    }

    /// Runs `body` in one write transaction and, once that is committed, wakes whom it named.
    package func write<Value: Sendable>(
        _ body: @escaping @Sendable (StoreTransaction, inout Wakes) throws -> Value
    ) async throws(Fault) -> Value {
        do {
            let (value, wakes) = try await store.write { transaction in
                var wakes = Wakes()
                let value = try body(transaction, &wakes)
                return (value, wakes)
            }
            for session in wakes.sessions { startRunner(session) }
            for bell in wakes.bells { bells.ring(bell) }
            return value
        } catch {
            throw fault(for: error)
        }
    }

    /// Reads on one consistent snapshot.
    package func read<Value: Sendable>(
        _ body: @escaping @Sendable (StoreReader) throws -> Value
    ) async throws(Fault) -> Value {
        do {
            return try await store.read(body)
        } catch {
            throw fault(for: error)
        }
    }

    /// A call with an idempotency key runs `body` once; its repeats get the first result, noted in the call (rpc.md §6).
    ///
    /// - Parameter remembered: What repeats get: the result without what is told only once.
    /// - Throws: `IdempotencyConflict` when the key came with other params before.
    package func once<Value: Codable & Sendable>(
        _ call: Call,
        method: String,
        params: some Encodable & Sendable,
        remembered: @escaping @Sendable (Value) -> Value = { $0 },
        _ body: @escaping @Sendable (StoreTransaction, inout Wakes) throws -> Value
    ) async throws(Fault) -> Value {
        guard let key = call.idempotencyKey else { return try await write(body) }
        let scope = "\(call.principal.userID)/\(method)"
        return try await write { transaction, wakes in
            let hash = Fingerprint.of(try JSONCoding.encode(params))
            if let earlier = try transaction.idempotent(scope: scope, key: key) {
                guard earlier.hash == hash else {
                    throw Fault(
                        .idempotencyConflict,
                        "The idempotency key was used with other params before.",
                        details: ["idempotencyKey": .string(key)]
                    )
                }
                call.replay.make()
                return try JSONCoding.decode(Value.self, from: earlier.result)
            }
            let value = try body(transaction, &wakes)
            try transaction.rememberIdempotent(
                scope: scope,
                key: key,
                hash: hash,
                result: try JSONCoding.encode(remembered(value)),
                at: .now
            )
            return value
        }
    }

    private func fault(for error: any Error) -> Fault {
        switch error {
        case let fault as Fault: return fault
        case is CancellationError: return Fault(.cancelled, "The call was cancelled.")
        case let error as StoreError: return error.fault
        case let error as SQLDatabaseError:
            switch error.kind {
            case .full:
                return .unavailable(
                    "database",
                    "The disk of the database is full.",
                    hint: "Free some space and try again."
                )
            case .readOnly:
                return .unavailable(
                    "database",
                    "The database is not writable.",
                    hint: "Check the folder's permissions."
                )
            default:
                logger.error("Database failed", metadata: ["error": "\(error)"])
                return Fault(.internalError, "The database failed.")
            }
        default:
            logger.error("Transaction failed", metadata: ["error": "\(error)"])
            return Fault(.internalError, "Internal error.")
        }
    }
}
