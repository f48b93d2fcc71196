import HTTPTypes
import JSONText
package import OctobotModel

/// Send a prompt to a session.
package enum SendChat: Operation {
    package static let name = "chat.send"
    package static let summary = "Send a prompt to a session"
    package static let description = """
        Stores prompt and turn, and with `create` the session, in one transaction and wakes the sandbox; the answer \
        of the agent comes through `chat.subscribe`, for which `cursor` lies before the prompt. The same message id \
        with the same content gives the same answer. At most 100 prompts wait.
        """
    package static let access = Access.member
    package static let http: [HTTPBinding] = [
        .post(
            "/api/projects/{projectId}/chat",
            shape: .custom,
            exampleBody: [
                "id": "s1", "workspaceId": "w1", "agentId": "a1",
                "messages": [["id": "m1", "role": "user", "parts": [["type": "text", "text": "Write a plan"]]]],
            ]
        )
    ]
    package static let errors: [FaultKind] = [
        .notFound, .invalidState, .idempotencyConflict, .alreadyExists, .overloaded, .unavailable,
    ]
    package static let concurrency = Concurrency.serial(by: "sessionId")
    package static let isIdempotent = false
    package static let isDurable = true
    package static let exampleParams = Params(
        sessionID: "s1",
        text: "Write a plan",
        create: Creation(workspaceID: "w1")
    )
    package static let exampleResult = SentPrompt.example

    package typealias Result = SentPrompt

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
        package var projectID: ProjectID?
        package var sessionID: SessionID
        package var message: OutgoingMessage?
        package var text: String?
        package var mode: Mode?
        package var model: String?
        package var reasoning: Reasoning?
        package var create: Creation?

        package init(
            projectID: ProjectID? = nil,
            sessionID: SessionID,
            message: OutgoingMessage? = nil,
            text: String? = nil,
            mode: Mode? = nil,
            model: String? = nil,
            reasoning: Reasoning? = nil,
            create: Creation? = nil
        ) {
            self.projectID = projectID
            self.sessionID = sessionID
            self.message = message
            self.text = text
            self.mode = mode
            self.model = model
            self.reasoning = reasoning
            self.create = create
        }

        private enum CodingKeys: String, CodingKey {
            case message, text, mode, model, reasoning, create
            case projectID = "projectId"
            case sessionID = "sessionId"
        }

        package static let schema = JSONSchema.parameters(
            .project,
            .required("sessionId", .newSessionID, "The session; with `create` it need not exist."),
            .optional("message", .reference(to: OutgoingMessage.self), "The prompt; either this or `text`."),
            .optional(
                "text",
                JSONSchema(.string(.init(length: 1...Int.max))),
                "The prompt as plain text; either this or `message`."
            ),
            .optional(
                "mode",
                .enumeration(of: Mode.self).defaulting(to: "queue"),
                "What to do while another turn runs or waits."
            ),
            .optional("model", .string(1...256), "The model, such as `anthropic:claude-sonnet-4`."),
            .optional("reasoning", .enumeration(of: Reasoning.self), "How much the model should reason."),
            .optional("create", .reference(to: Creation.self), "Creates the session if there is none."),
            exactlyOne: [["message", "text"]]
        )
    }

    /// How to create the session when there is none.
    package struct Creation: Codable, Sendable, Equatable, ComponentDescribing {
        package var workspaceID: WorkspaceID
        package var agentID: AgentID?
        package var name: String?
        package var permissionMode: PermissionMode?

        package init(
            workspaceID: WorkspaceID,
            agentID: AgentID? = nil,
            name: String? = nil,
            permissionMode: PermissionMode? = nil
        ) {
            self.workspaceID = workspaceID
            self.agentID = agentID
            self.name = name
            self.permissionMode = permissionMode
        }

        private enum CodingKeys: String, CodingKey {
            case name, permissionMode
            case workspaceID = "workspaceId"
            case agentID = "agentId"
        }

        package static let schemaName = "SessionCreation"
        package static let definition = JSONSchema.parameters(
            .required("workspaceId", .identifier, "The workspace it works on."),
            .optional("agentId", .identifier, "The agent; the default of the project when absent."),
            .optional("name", .title, "A name for people; the prompt when absent."),
            .optional(
                "permissionMode",
                .enumeration(of: PermissionMode.self).defaulting(to: "ask"),
                """
                What becomes of the agent’s requests for permission: all asked, all allowed, changes of files allowed, or \
                changes and commands refused.
                """
            )
        )
    }

    /// What to do while another turn runs.
    package enum Mode: String, Sendable, Codable, CaseIterable {
        case queue, reject
    }
}
