package import OctobotModel

/// Agree on the protocol.
package enum RPCHello: Operation {
    package static let name = "rpc.hello"
    package static let summary = "Agree on the protocol"
    package static let description = """
        Optional: without it the connection speaks protocol 1 and the stable surface.
        """
    package static let access = Access.public
    package static let errors: [FaultKind] = [.unsupportedProtocol]
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = Params(client: Client(name: "octoctl", version: "0.1.0"))
    package static let exampleResult = Result(
        protocol: 1,
        apiLevel: 1,
        version: "0.1.0",
        instance: "0b1f3c",
        limits: ConnectionLimits(),
        capabilities: [],
        principal: Principal(id: .anonymous, name: "Anonymous User"),
        gateway: "http://127.0.0.1:3001"
    )

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing {
        package var client: Client?
        package var `protocol`: ProtocolRange?
        package var capabilities: [String]?

        package init(client: Client? = nil, `protocol`: ProtocolRange? = nil, capabilities: [String]? = nil) {
            self.client = client
            self.`protocol` = `protocol`
            self.capabilities = capabilities
        }

        package static let schema = JSONSchema.parameters(
            .optional("client", .reference(to: Client.self), "Who calls."),
            .optional(
                "protocol",
                .reference(to: ProtocolRange.self),
                "The protocol versions the client speaks; 1 when absent."
            ),
            .optional(
                "capabilities",
                .array(of: .string(1...128), count: 0...100),
                "What the client wants beyond the stable surface."
            )
        )
    }

    /// Whom the client talks to, and how.
    package struct Result: Codable, Sendable, Equatable, ComponentDescribing {
        package var `protocol`: Int
        package var apiLevel: Int
        package var version: String
        package var instance: String
        package var limits: ConnectionLimits
        package var capabilities: [String]
        package var principal: Principal
        package var gateway: String?

        package init(
            `protocol`: Int,
            apiLevel: Int,
            version: String,
            instance: String,
            limits: ConnectionLimits,
            capabilities: [String],
            principal: Principal,
            gateway: String? = nil
        ) {
            self.`protocol` = `protocol`
            self.apiLevel = apiLevel
            self.version = version
            self.instance = instance
            self.limits = limits
            self.capabilities = capabilities
            self.principal = principal
            self.gateway = gateway
        }

        package static let schemaName = "Hello"
        package static let definition = JSONSchema.record(
            .required("protocol", .integer(1...1000), "The protocol spoken from now on."),
            .required("apiLevel", .integer(1...1_000_000), "Rises with every addition."),
            .required("version", .string, "Of the daemon."),
            .required("instance", .string, "Changes at each start of the daemon."),
            .required("limits", .reference(to: ConnectionLimits.self), "What a connection may do."),
            .required("capabilities", .array(of: .string), "Granted to this connection."),
            .required("principal", .reference(to: Principal.self), "Whom the daemon takes the caller for."),
            .optional("gateway", JSONSchema(.string(.init(format: .uri))), "Where the HTTP gateway listens.")
        )
    }

    /// The program that calls.
    package struct Client: Codable, Sendable, Equatable, ComponentDescribing {
        package var name: String
        package var version: String?

        package init(name: String, version: String? = nil) {
            self.name = name
            self.version = version
        }

        package static let schemaName = "ClientInfo"
        package static let definition = JSONSchema.parameters(
            .required("name", .string(1...128), "Its name."),
            .optional("version", .string(1...128), "Its version.")
        )
    }

    /// Protocol versions.
    package struct ProtocolRange: Codable, Sendable, Equatable, ComponentDescribing {
        package var minimum: Int
        package var maximum: Int

        package init(minimum: Int, maximum: Int) {
            self.minimum = minimum
            self.maximum = maximum
        }

        package static let schemaName = "ProtocolRange"
        package static let definition = JSONSchema.parameters(
            .required("minimum", .integer(1...1000), "The lowest."),
            .required("maximum", .integer(1...1000), "The highest.")
        )
    }

    /// Whom the daemon takes the caller for.
    package struct Principal: Codable, Sendable, Equatable, ComponentDescribing {
        package var id: UserID
        package var name: String

        package init(id: UserID, name: String) {
            self.id = id
            self.name = name
        }

        package static let schemaName = "Principal"
        package static let definition = JSONSchema.record(
            .required("id", .identifier, "The user."),
            .required("name", .string, "For people.")
        )
    }
}
