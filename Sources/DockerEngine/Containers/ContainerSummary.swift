/// One container of a list (Engine API v1.41, ContainerList).
package struct ContainerSummary: Sendable, Equatable {
    package struct Port: Sendable, Equatable, Decodable {
        package var address: String?
        package var container: Int
        package var host: Int?
        /// `tcp` or `udp`.
        package var kind: String

        enum CodingKeys: String, CodingKey {
            case address = "IP"
            case container = "PrivatePort"
            case host = "PublicPort"
            case kind = "Type"
        }
    }

    package var id: String
    /// Without the slash the engine puts before it.
    package var name: String
    package var image: String
    package var imageID: String
    package var phase: ContainerState.Phase
    /// For people, such as `Exited (137) 2 hours ago`.
    package var status: String
    package var labels: [String: String]
    package var ports: [Port]
}

extension ContainerSummary: Decodable {
    private enum Keys: String, CodingKey {
        case Id, Names, Image, ImageID, State, Status, Labels, Ports
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Keys.self)
        id = try values.decode(String.self, forKey: .Id)
        let name = try values.decodeIfPresent([String].self, forKey: .Names)?.first ?? ""
        self.name = name.hasPrefix("/") ? String(name.dropFirst()) : name
        image = try values.decode(String.self, forKey: .Image)
        imageID = try values.decode(String.self, forKey: .ImageID)
        phase = try values.decode(ContainerState.Phase.self, forKey: .State)
        status = try values.decodeIfPresent(String.self, forKey: .Status) ?? ""
        labels = try values.decodeIfPresent([String: String].self, forKey: .Labels) ?? [:]
        ports = try values.decodeIfPresent([Port].self, forKey: .Ports) ?? []
    }
}
