package import JSONText

/// A description of every method (OpenRPC 1.3.2), as `rpc.discover` answers it.
package struct OpenRPCDocument: Sendable, Equatable {
    package var value: JSONValue

    package init(_ value: JSONValue) { self.value = value }
}

extension OpenRPCDocument: Codable {
    package init(from decoder: any Decoder) throws { value = try JSONValue(from: decoder) }
    package func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
}

extension OpenRPCDocument: ComponentDescribing {
    package static let schemaName = "OpenRPCDocument"
    package static let definition = JSONSchema.open(
        .required("openrpc", .string, "The version of OpenRPC."),
        .required(
            "info",
            .open(.required("title", .string, "Of the API."), .required("version", .string, "Of the daemon.")),
            "What this is."
        ),
        .required("methods", .array(of: .open(.required("name", .string, "`noun.verb`."))), "Every method."),
        description: "An OpenRPC document."
    )
}
