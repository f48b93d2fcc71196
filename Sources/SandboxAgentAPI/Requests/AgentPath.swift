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
    package static let hooksStatus = "/hooks/status"
    package static let services = "/services"
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
}
