/// What an engine knows of one container (Engine API v1.41, ContainerInspect).
package struct ContainerDetails: Sendable, Equatable {
    package var id: String
    /// Without the slash the engine puts before it.
    package var name: String
    /// The digest of its image.
    package var imageID: String
    /// The image as it was named.
    package var image: String
    package var state: ContainerState
    package var labels: [String: String]
    package var user: String
    /// Ports of the host that lead to a port of the container, by `3002/tcp` and the like; only while it runs.
    package var ports: [String: [PublishedPort]]
    package var mounts: [Mount]

    package struct PublishedPort: Sendable, Equatable, Decodable {
        package var address: String
        package var port: Int

        enum CodingKeys: String, CodingKey {
            case address = "HostIp"
            case port = "HostPort"
        }

        package init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            address = try values.decode(String.self, forKey: .address)
            let text = try values.decode(String.self, forKey: .port)
            guard let port = Int(text), (0...65535).contains(port) else {
                throw DecodingError.dataCorruptedError(forKey: .port, in: values, debugDescription: "'\(text)'")
            }
            self.port = port
        }
    }

    package struct Mount: Sendable, Equatable, Decodable {
        /// `bind`, `volume` or `tmpfs`.
        package var kind: String
        /// The name of a volume.
        package var name: String?
        package var source: String
        package var destination: String

        enum CodingKeys: String, CodingKey {
            case kind = "Type"
            case name = "Name"
            case source = "Source"
            case destination = "Destination"
        }
    }
}

/// How far a container is.
package struct ContainerState: Sendable, Equatable, Decodable {
    package enum Phase: String, Sendable, Decodable {
        case created, running, paused, restarting, removing, exited, dead
    }

    package var phase: Phase
    package var exitCode: Int
    package var wasKilledForMemory: Bool
    /// Why it could not be started.
    package var error: String
    /// RFC 3339; `0001-01-01T00:00:00Z` before the first start.
    package var startedAt: String
    package var finishedAt: String
    package var pid: Int

    enum CodingKeys: String, CodingKey {
        case phase = "Status"
        case exitCode = "ExitCode"
        case wasKilledForMemory = "OOMKilled"
        case error = "Error"
        case startedAt = "StartedAt"
        case finishedAt = "FinishedAt"
        case pid = "Pid"
    }
}

extension ContainerDetails: Decodable {
    private enum Keys: String, CodingKey {
        case Id, Name, Image, State, Config, NetworkSettings, Mounts
    }

    private struct Configuration: Decodable {
        var Image: String
        var Labels: [String: String]?
        var User: String?
    }

    private struct Network: Decodable {
        var Ports: [String: [PublishedPort]?]?
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Keys.self)
        id = try values.decode(String.self, forKey: .Id)
        let name = try values.decode(String.self, forKey: .Name)
        self.name = name.hasPrefix("/") ? String(name.dropFirst()) : name
        imageID = try values.decode(String.self, forKey: .Image)
        state = try values.decode(ContainerState.self, forKey: .State)
        let configuration = try values.decode(Configuration.self, forKey: .Config)
        image = configuration.Image
        labels = configuration.Labels ?? [:]
        user = configuration.User ?? ""
        ports =
            try values.decodeIfPresent(Network.self, forKey: .NetworkSettings)?.Ports?.compactMapValues { $0 } ?? [:]
        mounts = try values.decodeIfPresent([Mount].self, forKey: .Mounts) ?? []
    }
}
