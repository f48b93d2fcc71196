import SandboxAgentAPI

@testable import OctobotAgentService

/// A scripted `codex app-server`: a shell program that answers its protocol line by line, without the member `jsonrpc`.
enum CodexScript {
    /// - Parameters:
    ///   - onTurn: shell commands run for `turn/start`, once the turn is told to run: `say TEXT`, `tell METHOD PARAMS`,
    ///     `ask ID METHOD PARAMS`, `end STATUS ERROR`, with `read -r line` for an answer.
    ///   - setup: shell commands run at the start; may define `resume` and `interrupted`.
    static func run(
        onTurn: String,
        setup: String = "",
        mode: PermissionMode = .ask,
        _ body: (TurnHarness) async throws -> Void
    ) async throws {
        try await TurnHarness.run(
            onPrompt: "",
            mode: mode,
            type: "codex",
            command: ["/bin/sh", "-c", program(onTurn, setup)],
            body
        )
    }

    private static func program(_ onTurn: String, _ setup: String) -> String {
        #"""
        answer() { printf '{"id":%s,"result":%s}\n' "$id" "$1"; }
        refuse() { printf '{"error":{"code":%s,"message":"%s"},"id":%s}\n' "$1" "$2" "$id"; }
        tell() { printf '{"method":"%s","params":%s,"emittedAtMs":1}\n' "$1" "$2"; }
        ask() { printf '{"method":"%s","id":%s,"params":%s}\n' "$2" "$1" "$3"; }
        say() { tell item/agentMessage/delta '{"threadId":"th","turnId":"tu","itemId":"m","delta":"'"$1"'"}'; }
        end() {
          tell turn/completed \
            '{"threadId":"th","turn":{"id":"tu","status":"'"${1:-completed}"'","error":'"${2:-null}"'}}'
        }
        take() { IFS= read -r reply; printf '%s\n' "$reply" >> "$AGENT_FOLDER/replies"; }
        echo start >> "$AGENT_FOLDER/starts"
        \#(setup)
        while IFS= read -r line; do
          printf '%s\n' "$line" >> "$AGENT_FOLDER/received"
          id=$(printf '%s' "$line" | sed -n 's/.*"id":\([0-9]*\).*/\1/p')
          case "$line" in
            *'"method":"initialize"'*) answer '{"userAgent":"octobot/1.2.3 (Linux)"}' ;;
            *'"method":"config/read"'*) answer '{"config":{"model_provider":null}}' ;;
            *'"method":"model/list"'*)
              answer '{"data":[{"model":"big","displayName":"Big","supportedReasoningEfforts":[{"reasoningEffort":"low"},{"reasoningEffort":"high"},{"reasoningEffort":"ultra"}],"defaultReasoningEffort":"low"},{"model":"small","supportedReasoningEfforts":[]},{"model":"old","hidden":true}],"nextCursor":null}' ;;
            *'"method":"thread/start"'*) answer '{"thread":{"id":"th"},"model":"big","reasoningEffort":null}' ;;
            *'"method":"thread/resume"'*)
              resume 2>/dev/null || answer '{"thread":{"id":"th"},"model":"big","reasoningEffort":null}' ;;
            *'"method":"turn/start"'*)
              answer '{"turn":{"id":"tu"}}'
              tell turn/started '{"threadId":"th","turn":{"id":"tu"}}'
              \#(onTurn)
              ;;
            *'"method":"turn/interrupt"'*)
              answer '{}'
              interrupted 2>/dev/null || end interrupted
              ;;
          esac
        done
        """#
    }
}
