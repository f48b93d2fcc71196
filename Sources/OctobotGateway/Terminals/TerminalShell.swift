package import OctobotServices

/// A shell that was opened for one WebSocket, and ends with it.
package struct TerminalShell: Sendable {
    /// Its output from the first byte, in pieces of at most ``pieceSize`` bytes.
    package var output: LogReader
    /// Types; returns once the terminal has taken everything, throws ``Fault`` when it does not.
    package var write: @Sendable (_ bytes: [UInt8]) async throws -> Void
    package var resize: @Sendable (_ rows: Int, _ cols: Int) async throws -> Void
    /// Ends it and everything that runs in it.
    package var close: @Sendable () async throws -> Void

    /// rest-api.md §17: the most bytes of one frame of output.
    package static let pieceSize = 4096

    package init(
        output: LogReader,
        write: @escaping @Sendable (_ bytes: [UInt8]) async throws -> Void,
        resize: @escaping @Sendable (_ rows: Int, _ cols: Int) async throws -> Void,
        close: @escaping @Sendable () async throws -> Void
    ) {
        self.output = output
        self.write = write
        self.resize = resize
        self.close = close
    }
}
