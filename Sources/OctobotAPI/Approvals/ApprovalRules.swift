import HTTPTypes
package import OctobotModel

/// List the rules that answer permissions.
package enum ListApprovalRules: Operation {
    package static let name = "approval.rules.list"
    package static let summary = "List the rules that answer permissions"
    package static let description = "Those in force, oldest first."
    package static let access = Access.member
    package static let errors: [FaultKind] = [.cursorInvalid]
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = Params(sessionID: "s1")
    package static let exampleResult = Page(items: [ApprovalRule.example])

    package typealias Result = Page<ApprovalRule>

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped, Paged {
        package var projectID: ProjectID?
        package var sessionID: SessionID?
        package var limit: Int?
        package var cursor: String?

        package init(
            projectID: ProjectID? = nil,
            sessionID: SessionID? = nil,
            limit: Int? = nil,
            cursor: String? = nil
        ) {
            self.projectID = projectID
            self.sessionID = sessionID
            self.limit = limit
            self.cursor = cursor
        }

        private enum CodingKeys: String, CodingKey {
            case limit, cursor
            case projectID = "projectId"
            case sessionID = "sessionId"
        }

        package static let schema = JSONSchema.parameters(
            .project,
            .optional("sessionId", .identifier, "Only those that reach this session: its own and the project’s."),
            .limit,
            .cursor
        )
    }
}

/// Make a rule that answers permissions.
package enum CreateApprovalRule: Operation {
    package static let name = "approval.rules.create"
    package static let summary = "Make a rule that answers permissions"
    package static let description = """
        It reaches the turn named, else the session named, else the project. Of the rules that fit, one that denies goes \
        before those that allow, then the narrower, then the newer. What waits for an answer already is answered too. \
        The session’s permission mode comes first: what it decides is not asked.

        A pattern is compared with the command, or else with the files: `*` is any text, in a file’s path any text \
        without `/` and as `**` any folders; `\\` takes the meaning from the next character. A command with any of \
        `; & | < > ( ) { } $ !`, a backquote or a line break is allowed only by a pattern without `*`, and denied also \
        where a piece of it fits.
        """
    package static let access = Access.member
    package static let errors: [FaultKind] = [.notFound, .invalidState, .overloaded, .idempotencyConflict]
    package static let isIdempotent = false
    package static let isDurable = true
    package static let exampleParams = Params(sessionID: "s1", effect: .allow, tool: "Bash", pattern: "make *")
    package static let exampleResult = ApprovalRule.example

    package typealias Result = ApprovalRule

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
        package var projectID: ProjectID?
        package var sessionID: SessionID?
        package var turnID: TurnID?
        package var effect: ApprovalRule.Effect
        package var tool: String
        package var pattern: String?
        package var expiresAt: Timestamp?

        package init(
            projectID: ProjectID? = nil,
            sessionID: SessionID? = nil,
            turnID: TurnID? = nil,
            effect: ApprovalRule.Effect,
            tool: String,
            pattern: String? = nil,
            expiresAt: Timestamp? = nil
        ) {
            self.projectID = projectID
            self.sessionID = sessionID
            self.turnID = turnID
            self.effect = effect
            self.tool = tool
            self.pattern = pattern
            self.expiresAt = expiresAt
        }

        private enum CodingKeys: String, CodingKey {
            case effect, tool, pattern, expiresAt
            case projectID = "projectId"
            case sessionID = "sessionId"
            case turnID = "turnId"
        }

        package static let schema = JSONSchema.parameters(
            .project,
            .optional("sessionId", .identifier, "Only for this session."),
            .optional("turnId", .identifier, "Only for this turn, and until it ends."),
            .required("effect", .enumeration(of: ApprovalRule.Effect.self), "What it answers."),
            .required("tool", .string(1...256), "The tool’s name, as the approval has it, or `*` for every tool."),
            .optional(
                "pattern",
                .string(1...ApprovalPattern.limit),
                "What the command or the files have to fit; whatever the tool does when absent."
            ),
            .optional("expiresAt", .timestamp, "When it stops answering.")
        )
    }
}

/// Delete a rule that answers permissions.
package enum DeleteApprovalRule: Operation {
    package static let name = "approval.rules.delete"
    package static let summary = "Delete a rule that answers permissions"
    package static let description = "What it has answered stays answered."
    package static let access = Access.member
    package static let errors: [FaultKind] = [.notFound]
    package static let isIdempotent = false
    package static let isDurable = true
    package static let exampleParams = Params(ruleID: "r1")
    package static let exampleResult = Empty()

    package typealias Result = Empty

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
        package var projectID: ProjectID?
        package var ruleID: ApprovalRuleID

        package init(projectID: ProjectID? = nil, ruleID: ApprovalRuleID) {
            self.projectID = projectID
            self.ruleID = ruleID
        }

        private enum CodingKeys: String, CodingKey {
            case projectID = "projectId"
            case ruleID = "ruleId"
        }

        package static let schema = JSONSchema.parameters(
            .project,
            .required("ruleId", .identifier, "The rule.")
        )
    }
}
