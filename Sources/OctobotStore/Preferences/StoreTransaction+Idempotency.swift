package import OctobotModel
import SQLDatabase

/// The first result of a call with an idempotency key.
package struct RememberedResult: Sendable, Equatable {
    /// The digest of the call's params.
    package var hash: String
    /// The result's JSON text.
    package var result: [UInt8]
}

/// How long idempotency keys are remembered (decision 55).
private let memory = Duration.seconds(24 * 3600)

extension StoreReader {
    /// What a call with this key got in the last 24 hours.
    ///
    /// - Parameter scope: Caller and method; keys of different scopes have nothing to do with each other.
    package func idempotent(scope: String, key: String, at now: Timestamp = .now) throws -> RememberedResult? {
        try connection.fetchOne(
            """
            SELECT params_hash, content FROM idempotency_key WHERE scope = $1 AND name = $2 AND created_at > $3
            """,
            scope,
            key,
            now.advanced(by: .zero - memory)
        ) { row in
            let text: String = try row[1]
            return RememberedResult(hash: try row[0], result: Array(text.utf8))
        }
    }
}

extension StoreTransaction {
    /// Remembers a call's result; a forgotten key can be used again.
    package func rememberIdempotent(
        scope: String,
        key: String,
        hash: String,
        result: [UInt8],
        at now: Timestamp
    ) throws {
        try connection.execute(
            """
            INSERT INTO idempotency_key (scope, name, params_hash, content, created_at) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (scope, name) DO UPDATE
            SET params_hash = excluded.params_hash, content = excluded.content, created_at = excluded.created_at
            """,
            scope,
            key,
            hash,
            String(decoding: result, as: UTF8.self),
            now
        )
    }
}
