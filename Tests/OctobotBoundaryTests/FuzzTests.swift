import JSONText
import OctobotAPI
import OctobotModel
import OctobotTestSupport
import Synchronization
import Testing

/// Generated calls of every operation through the socket.
@Suite("Generated calls", .timeLimit(.minutes(3)))
struct FuzzTests {
    private static let clients = 8
    private static let callsEach = 500

    @Test("are answered as declared, leave the store whole and others’ projects alone")
    func calls() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("generated calls: seed \(seed)")
        try await World.run { world in
            let foreign = try await Settlement.found(
                "foreign",
                provider: "openai",
                members: [(Caller.outsider.userID, .owner)],
                in: world
            )
            let places = try await Self.places(foreign, in: world)
            let before = try await world.content(of: foreign.project)
            let tally = Tally()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for client in 0..<Self.clients {
                    group.addTask {
                        try await Self.converse(
                            world,
                            ParamsFuzzer(seed: seed &+ UInt64(client), places: places),
                            tally
                        )
                    }
                }
                try await group.waitForAll()
            }
            print("generated calls: \(tally.summary)")
            let methods = Set(Operations.all.map(\.name)).subtracting(tally.methods)
            #expect(methods == [], "not called at all, seed \(seed)")
            for problem in tally.problems.prefix(20) { Issue.record("\(problem), seed \(seed)") }
            #expect(try await world.integrity() == ["ok"], "seed \(seed)")
            #expect(try await world.content(of: foreign.project) == before, "seed \(seed)")
        }
    }

    /// Things of another project, of nobody and of the caller's.
    private static func places(_ foreign: Settlement, in world: World) async throws -> [[String: String]] {
        var places = [foreign, .missing]
        for number in 0..<12 {
            let members: [(UserID, Role)] = [(.anonymous, .owner)]
            let mine = "mine\(number)"
            places.append(try await Settlement.found(mine, provider: "anthropic", members: members, in: world))
        }
        return places.map { place in
            var names = place.names
            names["projectId"] = place.project.rawValue
            names["path"] = place.project == "mine0" ? world.repository.path : "a.txt"
            names["state"] = nil
            return names
        }
    }

    private static func converse(_ world: World, _ fuzzer: ParamsFuzzer, _ tally: Tally) async throws {
        var fuzzer = fuzzer
        let conversation = ConversationValidator()
        let peer = try RPCPeer(
            path: world.socketPath,
            watcher: RPCPeer.Watcher(sent: conversation.sent, received: conversation.received)
        )
        for _ in 0..<callsEach {
            let operation = fuzzer.pick(Operations.all)
            let params = fuzzer.params(of: operation)
            do {
                _ = try await peer.call(operation.name, params)
                tally.count(operation.name, "ok")
            } catch let refused as RPCPeer.Refused {
                tally.count(operation.name, refused.error["data"]?["type"]?.stringValue ?? "untyped")
                if refused.error["data"]?["type"] == "Internal" { tally.note("\(operation.name): \(refused)", params) }
            }
            for violation in conversation.violations.dropFirst(tally.seen(conversation)) {
                tally.note("\(operation.name): \(violation)", params)
            }
        }
        #expect(try await peer.call("rpc.ping")["instance"] == "i1")
    }
}

/// What came of the calls.
private final class Tally: Sendable {
    private struct State {
        var outcomes: [String: Int] = [:]
        var methods: Set<String> = []
        var problems: [String] = []
        var seen: [ObjectIdentifier: Int] = [:]
    }

    private let state = Mutex(State())

    var methods: Set<String> { state.withLock { $0.methods } }
    var problems: [String] { state.withLock { $0.problems } }
    var summary: String {
        state.withLock { state in
            state.outcomes.sorted { $0.value > $1.value }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        }
    }

    func count(_ method: String, _ outcome: String) {
        state.withLock { state in
            state.outcomes[outcome, default: 0] += 1
            state.methods.insert(method)
        }
    }

    func note(_ problem: String, _ params: JSONValue) {
        let text = String(decoding: params.serialized().prefix(300), as: UTF8.self)
        state.withLock { $0.problems.append("\(problem.prefix(400)) ← \(text)") }
    }

    /// How many violations of a conversation were looked at before.
    func seen(_ conversation: ConversationValidator) -> Int {
        let count = conversation.violations.count
        return state.withLock { state in
            defer { state.seen[ObjectIdentifier(conversation)] = count }
            return state.seen[ObjectIdentifier(conversation), default: 0]
        }
    }
}
