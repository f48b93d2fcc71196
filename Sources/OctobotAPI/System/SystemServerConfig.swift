package import OctobotModel

/// Show what browser clients ask for when they start.
package enum SystemServerConfig: Operation {
    package static let name = "system.serverConfig"
    package static let summary = "Show what browser clients ask for when they start"
    package static let description = "Ports of other servers of this daemon; the settings are `system.config`."
    package static let access = Access.public
    package static let http: [HTTPBinding] = [
        .get("/api/server-config")
    ]
    package static let errors: [FaultKind] = []
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = Empty()
    package static let exampleResult = Result(sshPort: 0)

    package typealias Params = Empty

    /// Ports a client may offer to its user.
    package struct Result: Codable, Sendable, Equatable, ComponentDescribing {
        package var sshPort: Int

        package init(sshPort: Int) {
            self.sshPort = sshPort
        }

        private enum CodingKeys: String, CodingKey {
            case sshPort = "ssh_port"
        }

        package static let schemaName = "ServerConfiguration"
        package static let definition = JSONSchema.record(
            .required("ssh_port", .integer(0...65535), "Where sessions are reached over SSH; 0 where they are not.")
        )
    }
}
