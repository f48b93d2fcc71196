import HTTPTypes
import JSONText
package import OctobotModel

/// Complete the path of a folder on the daemon's machine.
package enum ListSuggestions: Operation {
    package static let name = "workspace.suggestions"
    package static let summary = "Complete the path of a folder on the daemon's machine"
    package static let description = """
        The folders in the folder `q`, or those beside it whose names begin as its last part does; at most 10, by name. \
        Links are left out, and hidden folders unless the name that was typed begins with a dot. Always empty unless \
        `SUGGESTIONS_ENABLED` is set, and for everybody but the local user as owner of the project.
        """
    package static let access = Access.member
    package static let http: [HTTPBinding] = [
        HTTPBinding(
            .get,
            "/api/projects/{projectId}/suggestions",
            query: ["q", "type"],
            shape: .list("suggestions"),
            ignoredWhenEmpty: ["type"]
        )
    ]
    package static let errors: [FaultKind] = []
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = Params(q: "~/src/octo")
    package static let exampleResult = Page(items: [Suggestion(value: "~/src/octobot", valid: true)])

    package typealias Result = Page<Suggestion>

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
        package var projectID: ProjectID?
        /// What was typed so far; absolute, or beginning with `~`.
        package var q: String?
        /// What is to be completed; there is only `path`.
        package var type: String?

        package init(projectID: ProjectID? = nil, q: String? = nil, type: String? = nil) {
            self.projectID = projectID
            self.q = q
            self.type = type
        }

        private enum CodingKeys: String, CodingKey {
            case q, type
            case projectID = "projectId"
        }

        package static let schema = JSONSchema.parameters(
            .project,
            .optional("q", .bytes(0...4096), "What was typed so far; absolute, or beginning with `~`."),
            .optional("type", .string(0...64).defaulting(to: "path"), "What is to be completed; there is only `path`.")
        )
    }
}

/// A folder that fits (rest-api.md §22).
package struct Suggestion: Codable, Sendable, Equatable {
    /// Its path, the home directory written `~`.
    package var value: String
    /// Always `path`.
    package var type: String
    /// Whether it is the top of a work tree.
    package var valid: Bool

    package init(value: String, valid: Bool) {
        self.value = value
        type = "path"
        self.valid = valid
    }
}

extension Suggestion: ComponentDescribing {
    package static let schemaName = "Suggestion"
    package static let definition = JSONSchema.record(
        .required("value", .string, "Its path, the home directory written `~`."),
        .required("type", .string, "Always `path`."),
        .required("valid", .boolean, "Whether it is the top of a git work tree."),
        description: "A folder that fits."
    )
}
