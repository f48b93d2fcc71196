import JSONText
package import OctobotModel

/// Read the chat log of a session.
package enum SubscribeChat: StreamOperation {
    package static let name = "chat.subscribe"
    package static let summary = "Read the chat log of a session"
    package static let description = """
        History from where `from` says, then live. Items are prompts, states of turns, chunks and approvals in the \
        order of the log; reading never wakes the sandbox. `snapshot` begins with the messages of the turns that \
        have ended, as `session.messages` has them, in `snapshot` notifications, and goes on with the log of the \
        first turn that has not; prompts that waited while those turns ran are among the messages. Only the last \
        part of a snapshot carries the cursor to go on after it; the others carry that of the log’s start, so a \
        client that has not got the last part asks for `snapshot` again, which begins with the same messages.
        """
    package static let access = Access.member
    package static let http: [HTTPBinding] = [
        .get("/api/projects/{projectId}/chat/{sessionId}/stream", shape: .custom)
    ]
    package static let errors: [FaultKind] = [.notFound, .cursorInvalid, .cursorExpired, .tooManySubscriptions]
    package static let isIdempotent = true
    package static let isDurable = false
    package static let notification = "chat"
    package static let exampleParams = Params(sessionID: "s1", from: .cursor("chat.s1:0"))
    package static let exampleResult = Subscribed.example
    package static let exampleItem = ChatItem.chunk(
        turnID: "t1",
        n: 3,
        chunk: ["type": "text-delta", "id": "p1", "delta": "Hello"]
    )

    package typealias Item = ChatItem

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
        package var projectID: ProjectID?
        package var sessionID: SessionID
        package var from: StartPosition?

        package init(projectID: ProjectID? = nil, sessionID: SessionID, from: StartPosition? = nil) {
            self.projectID = projectID
            self.sessionID = sessionID
            self.from = from
        }

        private enum CodingKeys: String, CodingKey {
            case from
            case projectID = "projectId"
            case sessionID = "sessionId"
        }

        package static let schema = JSONSchema.parameters(
            .project,
            .session,
            .optional("from", .reference(to: StartPosition.self).defaulting(to: ["type": "now"]), "Where to start.")
        )
    }
}
