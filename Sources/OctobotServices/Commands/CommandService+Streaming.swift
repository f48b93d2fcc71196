package import OctobotAPI
package import OctobotModel
import OctobotSandbox
import SandboxAgentAPI

extension CommandService {
    /// `exec.subscribe`: the program starts when the first element is read, and is killed when nobody reads any more.
    ///
    /// - Parameters:
    ///   - pieceSize: The most bytes of one element.
    package func subscribe(_ params: SubscribeExec.Params, _ call: Call) async throws(Fault) -> LogReader {
        let session = try await ledger.session(params.sessionID, in: params.project)
        let command = try RunCommand(params, outputLimit: Self.everything)
        let use = activity.begin(session.id)
        let agent = try await sandboxes.running(session)
        var records = agent.run(command).makeAsyncIterator()
        let cursor = { @Sendable (position: Int64) in Cursor(exec: session.id, position: position).description }
        let reader = CommandReader(
            pieceSize: Self.pieceSize,
            use: use,
            cursor: cursor,
            pull: { try await records.next() }
        )
        return LogReader(cursor: cursor(0), head: cursor(0)) { try await reader.element() }
    }

    /// JSON numbers are exact up to it.
    private static let everything = 1 << 53 - 1
    /// A notification of 48 KiB holds so much whatever it is (rpc.md §5): JSON writes a byte with six at most.
    private static let pieceSize = 8000
}
