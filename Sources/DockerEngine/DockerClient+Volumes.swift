import NIOHTTP1

/// A named volume.
package struct VolumeDetails: Sendable, Equatable, Decodable {
    package var name: String
    /// Where it lies on the engine's host.
    package var path: String
    /// RFC 3339.
    package var createdAt: String?
    package var labels: [String: String]?

    enum CodingKeys: String, CodingKey {
        case name = "Name"
        case path = "Mountpoint"
        case createdAt = "CreatedAt"
        case labels = "Labels"
    }
}

extension DockerClient {
    /// Makes a volume; one of that name is left as it is, its labels too.
    package func createVolume(_ name: String, labels: [String: String]) async throws(DockerError) -> VolumeDetails {
        struct Body: Encodable {
            var Name: String
            var Labels: [String: String]
        }
        var call = EngineCall(.POST, "/volumes/create")
        try call.setBody(Body(Name: name, Labels: labels))
        return try await send(call, as: VolumeDetails.self)
    }

    package func inspectVolume(_ name: String) async throws(DockerError) -> VolumeDetails {
        try await send(EngineCall(.GET, "/volumes/\(try EngineCall.component(name))"), as: VolumeDetails.self)
    }

    /// Volumes that carry all of the labels, given as `key` or `key=value`.
    package func listVolumes(labels: [String]) async throws(DockerError) -> [VolumeDetails] {
        struct List: Decodable {
            var Volumes: [VolumeDetails]?
        }
        var call = EngineCall(.GET, "/volumes")
        try call.setFilters(labels.isEmpty ? [:] : ["label": labels])
        call.maximum = 64 << 20
        return try await send(call, as: List.self).Volumes ?? []
    }

    /// - Throws: ``DockerError/conflict(_:)`` while a container uses it.
    package func removeVolume(_ name: String) async throws(DockerError) {
        var call = EngineCall(.DELETE, "/volumes/\(try EngineCall.component(name))")
        call.limit = .seconds(120)
        try await send(call)
    }
}
