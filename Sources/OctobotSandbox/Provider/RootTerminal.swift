/// A root shell on a terminal that the daemon itself holds.
package protocol RootTerminal: Sendable {
    /// What it prints, to one reader, with backpressure; ends with its program.
    var output: AsyncThrowingStream<[UInt8], any Error> { get }

    func write(_ bytes: [UInt8]) async throws(SandboxError)

    func resize(rows: Int, columns: Int) async throws(SandboxError)

    /// Ends the shell and everything in it; returns once it is gone, at the second call too.
    func close() async

    /// The status it ended with, 128 plus the number of the signal that killed it; waits for the end.
    func exitCode() async throws(SandboxError) -> Int
}
