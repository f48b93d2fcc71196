import Foundation
import JSONText
import OctobotTestSupport

/// The real Codex program in a sandbox, its model a stand-in.
struct RealCodex: Sendable {
    static let key = "sk-test-codex-5b1f7a2c9e"

    /// A daemon whose sandboxes find the program and reach its model.
    static func run(
        _ script: [StandInResponses.Step],
        _ body: (TestDaemon, StandInResponses) async throws -> Void
    ) async throws {
        try await StandInResponses.run(key: key, script) { model in
            let program = URL(filePath: TestAgents.path("codex")).resolvingSymlinksInPath()
            let package = program.deletingLastPathComponent().deletingLastPathComponent().path(percentEncoded: false)
            let settings = [
                "SANDBOX_LOCAL_READABLE": package.hasSuffix("/") ? String(package.dropLast()) : package,
                "SANDBOX_ALLOW_HOSTS": model.address,
            ]
            try await withDaemon(settings) { try await body($0, model) }
        }
    }

    /// What a person writes into `~/.codex/config.toml` to have another address than OpenAI's.
    static func configuration(_ model: StandInResponses) -> String {
        """
        model_provider = "stand-in"

        [model_providers.stand-in]
        name = "Stand-in"
        base_url = "http://\(model.address)/v1"
        wire_api = "responses"
        env_key = "OPENAI_API_KEY"

        """
    }
}

extension RPCPeer {
    /// A session of a new workspace with the real Codex, its sandbox running and its model the stand-in.
    func codexSession(
        of repository: ScratchRepository,
        _ model: StandInResponses,
        key: String = RealCodex.key
    ) async throws -> JSONValue {
        _ = try await call("credential.set", ["provider": "openai", "apiKey": .string(key)])
        let workspace = try await workspace(of: repository)
        let agent = try await call("agent.create", ["agentType": "codex"])
        let session = try await call(
            "session.create",
            ["workspaceId": workspace["id"] ?? .null, "agentId": agent["id"] ?? .null]
        )
        let id = try await ready(session["id"] ?? .null)["id"] ?? .null
        let write = "mkdir -p ~/.codex && printf %s \"$1\" > ~/.codex/config.toml"
        let written = try await call(
            "session.exec",
            [
                "sessionId": id,
                "argv": ["/bin/sh", "-c", .string(write), "sh", .string(RealCodex.configuration(model))],
            ]
        )
        guard written["exitCode"] == 0 else { throw TestDaemon.Failure(description: "\(written)") }
        return id
    }

    /// The oldest question that waits.
    func pendingApproval() async throws -> JSONValue {
        let list = try await wait(for: "approval.list", ["state": "pending"]) {
            $0["items"]?.arrayValue?.isEmpty == false
        }
        return list["items"]?[0] ?? .null
    }
}
