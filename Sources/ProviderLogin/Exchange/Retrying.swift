/// Runs `attempt` up to three times while it fails in a way that may pass.
///
/// Only for requests whose repetition does no harm: a refresh, never a code that is good once.
func retrying<Value>(
    pause: Duration,
    _ attempt: () async throws(ProviderLoginError) -> Value
) async throws(ProviderLoginError) -> Value {
    var pause = pause
    for _ in 0..<2 {
        do throws(ProviderLoginError) {
            return try await attempt()
        } catch {
            guard error.isTransient, !Task.isCancelled else { throw error }
        }
        do {
            try await Task.sleep(for: pause)  // ok: the pause before the next attempt
        } catch {
            throw .unreachable("the request was cancelled")
        }
        pause *= 2
    }
    return try await attempt()
}
