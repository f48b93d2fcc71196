import JSONRPC
import JSONText
package import OctobotAPI
import OctobotModel

/// What a program in a sandbox writes, as it is written, and its end (`exec.subscribe`).
///
/// Leaving the loop, or cancelling its task, kills the program.
package struct RunningProgram: AsyncSequence, Sendable {
    package enum Element: Sendable, Equatable {
        case bytes([UInt8], OutputChannel)
        /// Nothing follows.
        case ended(ProgramEnd)
    }

    private let subscription: RawSubscription

    init(_ subscription: RawSubscription) { self.subscription = subscription }

    package func makeAsyncIterator() -> AsyncIterator { AsyncIterator(base: subscription.makeAsyncIterator()) }

    package struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var base: RawSubscription.AsyncIterator
        private var n = 0
        private var isOver = false

        fileprivate init(base: RawSubscription.AsyncIterator) { self.base = base }

        /// - Throws: ``Refusal`` with what kept the program from running to its end, ``ClientError`` when the daemon went away.
        package mutating func next() async throws -> Element? {
            while !isOver {
                guard let text = try await base.next() else { throw ClientError.disconnected }
                let message = try StreamMessage(text)
                guard message.n == n + 1 else { throw ClientError.unreadable("notification \(message.n) after \(n)") }
                n = message.n
                switch message.type {
                case "bytes": return try message.programBytes
                case "end":
                    isOver = true
                    if let error = message.value("error").flatMap({ RPCError(json: $0) }) { throw Refusal(error) }
                    guard message.value("reason")?.stringValue == "exited" else { throw ClientError.disconnected }
                    return .ended(message.programEnd)
                default: break
                }
            }
            return nil
        }
    }
}

extension OctobotClient {
    /// Runs a program in a session's sandbox.
    ///
    /// - Throws: ``Refusal``, ``ClientError``.
    package func run(_ params: CommandParams) async throws -> RunningProgram {
        RunningProgram(try await stream(SubscribeExec.name, params: JSONCoding.encode(params)))
    }
}

extension StreamMessage {
    fileprivate var programBytes: RunningProgram.Element {
        get throws(ClientError) {
            guard let piece, let channel = value("channel")?.stringValue.flatMap({ OutputChannel(rawValue: $0) })
            else { throw .unreadable("output of a program") }
            return .bytes(piece.bytes, channel)
        }
    }

    fileprivate var programEnd: ProgramEnd {
        ProgramEnd(
            exitCode: value("exitCode")?.integerValue.map { Int(clamping: $0) },
            signal: value("signal")?.integerValue.map { Int(clamping: $0) },
            timedOut: value("timedOut")?.boolValue,
            truncated: value("truncated")?.boolValue
        )
    }
}
