import JSONRPC
import JSONText
import OctobotClient
import OctobotModel
import Testing

@testable import OctoctlCommands

@Suite("how octoctl ends", .timeLimit(.minutes(1)))
struct FailureTests {
    /// rpc.md §7, written down a second time on purpose.
    private static let statuses: [(FaultKind, Int32)] = [
        (.parseError, 70), (.invalidRequest, 70), (.methodNotFound, 64), (.invalidParams, 64), (.internalError, 70),
        (.cancelled, 130), (.unauthenticated, 77), (.permissionDenied, 77), (.notFound, 3), (.alreadyExists, 4),
        (.versionConflict, 4), (.invalidState, 4), (.idempotencyConflict, 4), (.overloaded, 75), (.rateLimited, 75),
        (.deadlineExceeded, 5), (.shuttingDown, 75), (.upstreamFailed, 69), (.unavailable, 69),
        (.requestTooLarge, 64), (.responseTooLarge, 6), (.tooManySubscriptions, 75), (.tooManyConnections, 75),
        (.cursorExpired, 7), (.cursorInvalid, 64), (.subscriptionNotFound, 3), (.unsupportedProtocol, 76),
    ]

    private static func refusal(_ kind: FaultKind, _ message: String, _ data: [String: JSONValue] = [:]) -> Refusal {
        let data = data.merging(["type": .string(kind.rawValue)]) { $1 }
        return Refusal(RPCError(code: kind.wire.code, message: message, data: .object(data)))
    }

    @Test("each fault has its exit status, its message and its hint on standard error")
    func faults() async throws {
        #expect(Set(Self.statuses.map(\.0)) == Set(FaultKind.allCases))
        for (kind, status) in Self.statuses {
            let refusal = Self.refusal(kind, "It is \(kind).", ["hint": "Do this."])
            let (given, recording) = try await ConsoleRecording.of { OctoctlProgram.report(refusal, on: $0) }
            #expect(given == status, "\(kind)")
            #expect(recording.output.isEmpty)
            #expect(recording.errors == "octoctl: It is \(kind).\n  → Do this.\n")
        }
    }

    @Test("a wrong parameter is told with its place, what was expected and what came")
    func details() {
        let refusal = Self.refusal(
            .invalidParams,
            "There is no agent type 'x'.",
            ["details": ["pointer": "/agentType", "expected": "demo, codex", "got": "x\u{1B}[2J"]]
        )
        let lines = Failure(refusal)?.lines.map(\.text)
        #expect(
            lines == ["octoctl: There is no agent type 'x'.", "  at /agentType; expected: demo, codex; got: x␛[2J"]
        )
    }

    @Test("no daemon is 69, cancelling 130, a usage failure 64")
    func others() {
        #expect(Failure(ClientError.unreachable(path: "/s", reason: "nobody"))?.status == 69)
        #expect(Failure(ClientError.notStarted(reason: "it exited", logFile: "/l"))?.status == 69)
        #expect(Failure(ClientError.disconnected)?.status == 69)
        #expect(Failure(ClientError.unreadable("odd"))?.status == 70)
        #expect(Failure(CancellationError())?.status == 130)
        #expect(Failure("No.", status: .usage).status == 64)
    }

    @Test("the end of a turn is an exit status", arguments: TurnState.allCases)
    func turns(state: TurnState) {
        let expected: Int32 =
            switch state {
            case .completed: 0
            case .failed: 1
            case .cancelled: 130
            case .unknown, .queued, .delivering, .running: 5
            }
        #expect(ChatSend.status(of: state) == expected)
    }
}
