/// The paths of the agent API (agent-api.md §4 as changed by decisions 14–16 and 26–34).
package enum AgentPath {
    package static let root = "/"
    package static let health = "/health"
    package static let user = "/user"
    package static let models = "/models"
    package static let chat = "/chat"
    package static let chatAcknowledge = "/chat/ack"
    package static let chatStatus = "/chat/status"
    package static let chatCancel = "/chat/cancel"
    package static let chatQuestion = "/chat/question"
    package static let chatAnswer = "/chat/answer"
    package static let files = "/files"
    package static let fileRead = "/files/read"
    package static let fileWrite = "/files/write"
    package static let fileDelete = "/files/delete"
    package static let fileRename = "/files/rename"
    package static let diff = "/diff"
    package static let commits = "/commits"
    package static let commitBase = "/commits/base"
    /// ``hooksStatus``, and what lies below one hook in ``hook(_:)``.
    package static let hooks = "/hooks"
    package static let hooksStatus = "/hooks/status"
    /// The list; what lies below one is in ``service(_:)``.
    package static let services = "/services"
    /// Open and list; what lies below it is in ``terminal(_:)``.
    package static let terminals = "/terminals"
    package static let commands = "/commands"
    package static let stats = "/stats"

    /// One terminal: `DELETE` closes it, `/output`, `/input` and `/size` lie below.
    package static func terminal(_ id: String) -> String { "\(terminals)/\(id)" }

    /// One service: `/start`, `/stop`, `/output` and `/http/…` lie below.
    package static func service(_ id: String) -> String { "\(services)/\(id)" }

    /// One hook: `/output` and `/rerun` lie below.
    package static func hook(_ id: String) -> String { "\(hooks)/\(id)" }
}

/// The header fields of the agent API beyond the usual ones (agent-api.md §3).
package enum AgentHeader {
    package static let authorization = "Authorization"
    /// The turn id; the same key is answered the same way forever (decision 28).
    package static let idempotencyKey = "Idempotency-Key"
    package static let credentials = "X-Octobot-Credentials"
    package static let gitUserName = "X-Octobot-Git-User-Name"
    package static let gitUserEmail = "X-Octobot-Git-User-Email"
}

/// Limits both sides know.
package enum AgentLimit {
    /// Body of `POST /chat`, in bytes: messages carry attachments.
    package static let chatBody = 64 << 20
    /// Every other body, in bytes.
    package static let body = 16 << 20
    /// A file that `GET /files/read` returns, in bytes.
    package static let readableFile = 10 << 20
    /// One event of a stream, in bytes.
    package static let event = 16 << 20
    /// The fields of one request together, in bytes; credentials travel in one.
    package static let headers = 128 << 10
    /// Output of a terminal that is kept for viewers who come later, in bytes.
    package static let terminalRing = 4 << 20
    /// Terminals of one sandbox that are open at a time.
    package static let terminals = 32
    /// What is typed into a terminal with one request, in bytes.
    package static let terminalInput = 1 << 20
}
