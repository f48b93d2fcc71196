import HTTPTypes
import JSONText
package import OctobotModel

/// Read the events of a project.
package enum SubscribeEvents: StreamOperation {
    package static let name = "event.subscribe"
    package static let summary = "Read the events of a project"
    package static let description = """
        Each was written in the same transaction as the change it reports. History from where `from` says, then \
        live. A reader that retention overtakes gets a `gap` and goes on at the oldest event kept.
        """
    package static let access = Access.member
    package static let http: [HTTPBinding] = [
        HTTPBinding(
            .get,
            "/api/projects/{projectId}/events",
            query: [.custom("since"), .custom("after")],
            shape: .custom
        )
    ]
    package static let errors: [FaultKind] = [.cursorInvalid, .cursorExpired, .tooManySubscriptions]
    package static let isIdempotent = true
    package static let isDurable = false
    package static let notification = "event"
    package static let exampleParams = Params(from: .start)
    package static let exampleResult = Subscribed.example
    package static let exampleItem = Event.example

    package typealias Item = Event

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
        package var projectID: ProjectID?
        package var from: StartPosition?

        package init(projectID: ProjectID? = nil, from: StartPosition? = nil) {
            self.projectID = projectID
            self.from = from
        }

        private enum CodingKeys: String, CodingKey {
            case from
            case projectID = "projectId"
        }

        package static let schema = JSONSchema.parameters(
            .project,
            .optional("from", StartPosition.withoutSnapshot.defaulting(to: ["type": "now"]), "Where to start.")
        )
    }
}
