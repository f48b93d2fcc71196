package import JSONText

/// A description of every REST route (OpenAPI 3.1.0), as `GET /openapi.json` shows it.
package struct OpenAPIDocument: Sendable, Equatable {
    package var value: JSONValue

    package init(_ value: JSONValue) { self.value = value }
}

extension OpenAPIDocument: Codable {
    package init(from decoder: any Decoder) throws { value = try JSONValue(from: decoder) }
    package func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
}

extension OpenAPIDocument: ComponentDescribing {
    package static let schemaName = "OpenAPIDocument"
    package static let definition = JSONSchema.open(
        .required("openapi", .string, "The version of OpenAPI."),
        .required(
            "info",
            .open(.required("title", .string, "Of the API."), .required("version", .string, "Of the daemon.")),
            "What this is."
        ),
        .required("paths", .open(), "Every path, with its methods."),
        description: "An OpenAPI document."
    )
}
