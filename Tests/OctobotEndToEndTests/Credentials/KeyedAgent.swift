import Foundation
import JSONText
import OctobotTestSupport

/// A stand-in for a coding agent that proves, without telling them, which credentials it was given: it answers every
/// prompt with the digest of each.
enum KeyedAgent {
    /// Stands in its arguments.
    static let name = "keyed-agent"

    /// A program of the sandbox's own, whichever that is, with the stand-in as its argument.
    static let command = ["/bin/sh", "-c", program, name]

    /// What it says to have been given: a digest by variable.
    static func digests(of text: String) -> [String: String] {
        // A restarted agent's answer begins with words on what it has lost.
        let found = text.matches(of: /([A-Z_]+)=([0-9a-f]{64});/).map { (String($0.1), String($0.2)) }
        return Dictionary(found) { first, _ in first }
    }

    /// SHA-256 in hexadecimal digits, by the same program the agent uses.
    static func digest(_ text: String) async throws -> String {
        let result = try await Command.run("/usr/bin/sha256sum", input: text)
        return String(result.output.prefix(64))
    }

    private static let program = #"""
        answer() { printf '{"jsonrpc":"2.0","id":%s,"result":%s}\n' "$id" "$1"; }
        say() {
          printf '{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"s","update":%s}}\n' \
            '{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"'"$1"'"}}'
        }
        while IFS= read -r line; do
          id=$(printf '%s' "$line" | sed -n 's/.*"id":\([0-9]*\).*/\1/p')
          case "$line" in
            *'"method":"initialize"'*) answer '{"protocolVersion":1,"agentCapabilities":{}}' ;;
            *'"method":"session/new"'*) answer '{"sessionId":"s"}' ;;
            *'"method":"session/prompt"'*)
              for name in ANTHROPIC_API_KEY CLAUDE_CODE_OAUTH_TOKEN OPENAI_API_KEY CODEX_API_KEY GITHUB_TOKEN; do
                eval "value=\$$name"
                [ -z "$value" ] || say "$name=$(printf %s "$value" | sha256sum | cut -c1-64);"
              done
              answer '{"stopReason":"end_turn"}' ;;
            *'"id":'*'"method":'*) answer null ;;
          esac
        done
        """#
}

extension RPCPeer {
    /// A session of a new workspace whose agent is the stand-in, its sandbox running.
    func keyedSession(of repository: ScratchRepository) async throws -> JSONValue {
        let workspace = try await workspace(of: repository)
        let command = JSONValue.array(KeyedAgent.command.map { .string($0) })
        let made = try await call("agent.create", ["agentType": "custom", "command": command])
        let session = try await call(
            "session.create",
            ["workspaceId": workspace["id"] ?? .null, "agentId": made["id"] ?? .null]
        )
        return try await ready(session["id"] ?? .null)["id"] ?? .null
    }

    /// What the stand-in was given with a turn: a digest by variable.
    func credentials(givenTo session: JSONValue) async throws -> [String: String] {
        let turn = try await turn("What have you got?", in: session)
        guard turn.state["state"] == "completed" else { throw TestDaemon.Failure(description: "\(turn)") }
        return KeyedAgent.digests(of: text(of: turn.chunks))
    }
}
