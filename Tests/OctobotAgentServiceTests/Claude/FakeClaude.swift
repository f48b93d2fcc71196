import Foundation

/// A shell program in place of Claude Code: it answers control requests and does for each prompt what a test says.
enum FakeClaude {
    /// Functions: `say JSON`, `text WORDS` streams an answer, `result` ends the turn, `idle` says that nothing more comes of
    /// it, `permit ID TOOL INPUT` asks for a permission, `next` reads the next line into `$line`.
    ///
    /// - Parameters:
    ///   - onPrompt: Shell commands for a prompt, which is in `$line`.
    ///   - onStart: Shell commands at the start; the arguments are in `$*`.
    static func command(onStart: String = "", _ onPrompt: String) -> [String] {
        let program = #"""
            say() { printf '%s\n' "$1"; }
            ok() { say '{"type":"control_response","response":{"subtype":"success","request_id":"'"$id"'","response":'"$1"'}}'; }
            event() { say '{"type":"stream_event","parent_tool_use_id":null,"event":'"$1"'}'; }
            text() {
              event '{"type":"message_start","message":{"id":"m1","usage":{"input_tokens":3,"output_tokens":1}}}'
              event '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"'"$1"'"}}'
              say '{"type":"assistant","parent_tool_use_id":null,"message":{"id":"m1","content":[{"type":"text","text":"'"$1"'"}]}}'
            }
            result() { say '{"type":"result","subtype":"success","is_error":false,"stop_reason":"end_turn","total_cost_usd":0.5,"usage":{"input_tokens":3,"output_tokens":4}}'; }
            state() { say '{"type":"system","subtype":"session_state_changed","state":"'"$1"'"}'; }
            permit() { say '{"type":"control_request","request_id":"'"$1"'","request":{"subtype":"can_use_tool","tool_name":"'"$2"'","tool_use_id":"call-'"$1"'","permission_suggestions":[{"type":"setMode","mode":"acceptEdits","destination":"localSettings"}],"input":'"$3"'}}'; }
            next() { IFS= read -r line || exit 0; printf '%s\n' "$line" >> "$AGENT_FOLDER/received"; }
            printf '%s\n' "$*" >> "$AGENT_FOLDER/starts"
            \#(onStart)
            while next; do
              id=$(printf '%s' "$line" | sed -n 's/.*"request_id":"\([^"]*\)".*/\1/p')
              case "$line" in
                *'"subtype":"initialize"'*)
                  ok '{"commands":[{"name":"octobot-commit"}],"models":[{"value":"default","displayName":"Default"},{"value":"sonnet","displayName":"Sonnet"}],"current_permission_mode":"default","claude_code_version":"9.9"}' ;;
                *'"subtype":"interrupt"'*) ok '{}'; result; state idle ;;
                *'"type":"control_request"'*) ok '{}' ;;
                *'"type":"user"'*)
                  \#(onPrompt)
                  ;;
              esac
            done
            """#
        return ["/bin/sh", "-c", program, "claude"]
    }
}
