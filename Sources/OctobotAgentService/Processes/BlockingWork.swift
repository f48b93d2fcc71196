import NIOPosix

/// Runs what waits, for a lock say, off the cooperative threads; not cut short by a cancellation.
func runBlocking(_ work: @escaping @Sendable () -> Void) async {
    await withCheckedContinuation { done in
        // Also called, here and now, where the threads have ended.
        NIOThreadPool.singleton.submit { _ in
            work()
            done.resume()
        }
    }
}
