import JSONText
import OctobotAPI
import OctobotModel
import OctobotServices
import OctobotTestSupport
import Testing

@Suite("Repeated calls", .timeLimit(.minutes(1)))
struct ReplayTests {
    @Test("a key that is met again gives the first result and is noted; another key, and none, is not")
    func keys() async throws {
        try await withHouse { house in
            let first = Box<Agent>()
            try await house.live(runsServices: false) { life in
                let call = life.call(key: "k")
                first.value = try await life.services.agents.create(CreateAgent.Params(agentType: "demo"), call)
                #expect(!call.replay.isReplayed)
            }
            // As after a restart: the key is in the store.
            try await house.live(runsServices: false) { life in
                let again = life.call(key: "k")
                let agent = try await life.services.agents.create(CreateAgent.Params(agentType: "demo"), again)
                #expect(agent == first.value)
                #expect(again.replay.isReplayed)
                let conflicting = life.call(key: "k")
                let conflict = await fault {
                    _ = try await life.services.agents.create(
                        CreateAgent.Params(agentType: "codex"),
                        conflicting
                    )
                }
                #expect(conflict?.kind == .idempotencyConflict)
                #expect(!conflicting.replay.isReplayed)
                let keyless = life.call()
                let other = try await life.services.agents.create(CreateAgent.Params(agentType: "demo"), keyless)
                #expect(other.id != agent.id && !keyless.replay.isReplayed)
            }
        }
    }

    @Test("a message id that is met again is noted, with and without a key")
    func messages() async throws {
        try await withHouse { house in
            try await house.live { life in
                let session = try await life.makeSession()
                func send(_ message: String?, key: String?) async throws -> (SentPrompt, Bool) {
                    let call = life.call(key: key)
                    let params =
                        message.map { id in
                            let message = OutgoingMessage(id: id, parts: [["type": "text", "text": "go"]])
                            return SendChat.Params(sessionID: session.id, message: message)
                        } ?? SendChat.Params(sessionID: session.id, text: "go")
                    return (try await life.services.chat.send(params, call), call.replay.isReplayed)
                }
                let one = try await send("m", key: nil)
                let two = try await send("m", key: nil)
                let three = try await send(nil, key: "k")
                let four = try await send(nil, key: "k")
                #expect([one.1, two.1, three.1, four.1] == [false, true, false, true])
                #expect(one.0.turnID == two.0.turnID && three.0.turnID == four.0.turnID)
                #expect(one.0.turnID != three.0.turnID)
            }
        }
    }
}
