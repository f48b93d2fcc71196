package import OctobotModel

/// A cache, in the words of a container engine's volume (rest-api.md §7).
package struct CacheVolume: Codable, Sendable, Equatable {
    /// What is known of a volume's size, as the Docker Engine API has it (v1.43, Volume).
    package struct Usage: Codable, Sendable, Equatable {
        package var size: Int64
        package init(size: Int64) { self.size = size }

        private enum CodingKeys: String, CodingKey {
            case size = "Size"
        }
    }

    /// `octobot-cache-<project>`.
    package var name: String
    /// Always `local`: it lies on this host.
    package var driver = "local"
    package var mountpoint: String
    package var labels: [String: String]
    package var createdAt: Timestamp?
    package var scope = "local"
    package var options: [String: String] = [:]
    package var usage: Usage?

    package init(
        name: String,
        mountpoint: String,
        labels: [String: String],
        createdAt: Timestamp? = nil,
        usage: Usage? = nil
    ) {
        self.name = name
        self.mountpoint = mountpoint
        self.labels = labels
        self.createdAt = createdAt
        self.usage = usage
    }

    private enum CodingKeys: String, CodingKey {
        case name = "Name"
        case driver = "Driver"
        case mountpoint = "Mountpoint"
        case labels = "Labels"
        case createdAt = "CreatedAt"
        case scope = "Scope"
        case options = "Options"
        case usage = "UsageData"
    }
}

extension CacheVolume: ComponentDescribing {
    package static let schemaName = "CacheVolume"
    package static let definition = JSONSchema.record(
        .required("Name", .string, "`octobot-cache-` and the project."),
        .required("Driver", .string, "`local`: it lies on this host."),
        .required("Mountpoint", .string, "Where it lies."),
        .required("Labels", .map(to: .string), "The project it belongs to, and that it is ours."),
        .optional("CreatedAt", .timestamp, "When it was made, where that is known."),
        .required("Scope", .string, "`local`."),
        .required("Options", .map(to: .string), "None."),
        .optional("UsageData", .record(.required("Size", .count, "Bytes.")), "What it holds, where that is known."),
        description: "A store of downloads and build products that the sandboxes of a project share."
    )

    /// What the documents show.
    package static let example = CacheVolume(
        name: "octobot-cache-local",
        mountpoint: "/var/lib/docker/volumes/octobot-cache-local/_data",
        labels: ["octobot.managed": "true", "octobot.project.id": "local", "octobot.type": "cache"],
        createdAt: .example,
        usage: Usage(size: 734_003_200)
    )
}
