/// A deadline passed before the work was done.
struct DeadlinePassed: Error {}

/// Runs `body`, cancelling it when `limit` has passed.
///
/// - Throws: ``DeadlinePassed`` in that case, else what `body` throws.
func withDeadline<Value: Sendable>(
    _ limit: Duration,
    _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: limit)  // ok: the deadline itself
            return nil
        }
        defer { group.cancelAll() }
        guard let first = try await group.next(), let value = first else { throw DeadlinePassed() }
        return value
    }
}
