import Foundation
import JSONText
import OctobotAPI
import OctobotTestSupport
import Testing

/// Every operation of the built daemon against params nobody should send.
@Suite("bad input", .serialized, .timeLimit(.minutes(5)))
struct BadInputTests {
    @Test("missing, unknown, mistyped, empty, huge and foreign params are refused and change nothing")
    func everyOperation() async throws {
        try await withDaemon(["PORT": "off"]) { daemon in
            let peer = try daemon.connect()
            let repository = try await ScratchRepository(in: daemon.folder)
            _ = try await peer.workspace(of: repository)
            _ = try await peer.call("agent.create", ["agentType": "demo"])
            _ = try await peer.call("preference.set", ["key": "a", "value": "b"])
            let before = try await state(peer)
            for operation in Operations.all
            where !operation.name.hasPrefix("rpc.") && operation.name != "system.shutdown" {
                let valid = operation.exampleParams.objectValue ?? [:]
                for (params, what) in Self.spoilt(valid, operation) {
                    do {
                        let result = try await peer.call(operation.name, .object(params))
                        Issue.record("\(operation.name) took \(what): \(result)")
                    } catch let refused as RPCPeer.Refused {
                        #expect([-32602, 1002].contains(refused.code), "\(operation.name), \(what): \(refused)")
                        #expect(refused.error["data"]?["requestId"] != nil)
                        if refused.code == -32602 {
                            #expect(
                                refused.error["data"]?["details"]?["pointer"] != nil,
                                "\(operation.name), \(what): \(refused)"
                            )
                        }
                    }
                }
            }
            #expect(try await state(peer) == before)
        }
    }

    /// Params that differ from good ones in one way, and that way.
    private static func spoilt(
        _ valid: [String: JSONValue],
        _ operation: AnyOperation
    ) -> [([String: JSONValue], String)] {
        var cases: [([String: JSONValue], String)] = []
        cases.append((valid.merging(["noSuchMember": 1]) { $1 }, "an unknown member"))
        cases.append((valid.merging(["_meta": ["timeoutMs": "soon"]]) { $1 }, "a mistyped _meta"))
        cases.append((valid.merging(["_meta": ["wish": 1]]) { $1 }, "an unknown member of _meta"))
        for member in operation.parameters where member.name != "_meta" {
            if member.isRequired {
                var params = valid
                params[member.name] = nil
                cases.append((params, "no \(member.name)"))
            }
            for (value, kind) in [(JSONValue.array([[[]]]), "nested arrays"), (.number(1.5), "a fraction")] {
                cases.append((valid.merging([member.name: value]) { $1 }, "\(kind) as \(member.name)"))
            }
            if member.name.hasSuffix("Id") {
                cases.append((valid.merging([member.name: ""]) { $1 }, "an empty \(member.name)"))
                let huge = JSONValue.string(String(repeating: "x", count: 100_000))
                cases.append((valid.merging([member.name: huge]) { $1 }, "a huge \(member.name)"))
            }
        }
        if operation.access.isProjectScoped {
            cases.append((valid.merging(["projectId": "somebody-elses"]) { $1 }, "a foreign project"))
        }
        return cases
    }

    /// What the daemon holds.
    private func state(_ peer: RPCPeer) async throws -> [JSONValue] {
        var state: [JSONValue] = []
        for method in [
            "workspace.list", "agent.list", "session.list", "preference.list", "approval.list", "session.kept",
        ] {
            state.append(try await peer.call(method))
        }
        return state
    }
}
