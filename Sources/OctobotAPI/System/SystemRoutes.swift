package import JSONText
package import OctobotModel

/// List the REST routes.
package enum SystemRoutes: Operation {
    package static let name = "system.routes"
    package static let summary = "List the REST routes"
    package static let description = """
        In the order of the declarations they are made from, without those that show this list. Always one page.
        """
    package static let access = Access.public
    package static let http: [HTTPBinding] = [
        .get("/api/routes", shape: .array),
        .get("/api/ui", shape: .custom),
    ]
    package static let errors: [FaultKind] = []
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = Empty()
    package static let exampleResult = Page(items: [RouteInfo.example])

    package typealias Params = Empty
    package typealias Result = Page<RouteInfo>
}

/// A REST route, as people who explore the API see it.
package struct RouteInfo: Codable, Sendable, Equatable, ComponentDescribing {
    package var method: String
    /// A template with `{name}` for what comes from the path.
    package var path: String
    package var group: String
    package var description: String
    package var params: [Parameter]?
    /// An example of the body, where there is one.
    package var body: JSONValue?

    package init(
        method: String,
        path: String,
        group: String,
        description: String,
        params: [Parameter]? = nil,
        body: JSONValue? = nil
    ) {
        self.method = method
        self.path = path
        self.group = group
        self.description = description
        self.params = params
        self.body = body
    }

    package static let schemaName = "RouteInfo"
    package static let definition = JSONSchema.record(
        .required("method", .string(1...16), "The method."),
        .required("path", .string, "The path, with `{name}` for each path parameter."),
        .required("group", .string, "What it belongs to, such as `Sessions`."),
        .required("description", .string, "What it does."),
        .optional("params", .array(of: .reference(to: Parameter.self)), "What stands in path and query."),
        .optional("body", .open(), "An example of the body.")
    )

    /// What the documents show.
    package static let example = RouteInfo(
        method: "PUT",
        path: "/api/preferences/{key}",
        group: "Preferences",
        description: "Set a preference",
        params: [Parameter(name: "key", place: .path, required: true, example: "preferredIDE")],
        body: ["value": "vscode"]
    )

    /// A parameter in path or query.
    package struct Parameter: Codable, Sendable, Equatable, ComponentDescribing {
        package enum Place: String, Codable, Sendable, CaseIterable {
            case path, query
        }

        package var name: String
        package var place: Place
        package var required: Bool?
        package var example: JSONValue?

        package init(name: String, place: Place, required: Bool? = nil, example: JSONValue? = nil) {
            self.name = name
            self.place = place
            self.required = required
            self.example = example
        }

        private enum CodingKeys: String, CodingKey {
            case name, required, example
            case place = "in"
        }

        package static let schemaName = "RouteParameter"
        package static let definition = JSONSchema.record(
            .required("name", .string, "The name."),
            .required("in", .enumeration(of: Place.self), "Where it stands."),
            .optional("required", .boolean, "Whether it must be there; absent means no."),
            .optional("example", .any, "A value.")
        )
    }
}
