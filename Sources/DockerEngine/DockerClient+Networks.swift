import NIOHTTP1

/// A network of the engine.
package struct NetworkDetails: Sendable, Equatable, Decodable {
    package var id: String
    package var name: String
    /// Such as `bridge`.
    package var driver: String
    package var labels: [String: String]?
    package var options: [String: String]?

    enum CodingKeys: String, CodingKey {
        case id = "Id"
        case name = "Name"
        case driver = "Driver"
        case labels = "Labels"
        case options = "Options"
    }
}

extension DockerClient {
    /// Makes a bridge network and gives its id.
    ///
    /// - Throws: ``DockerError/conflict(_:)`` when there is one of that name.
    package func createNetwork(
        _ name: String,
        labels: [String: String],
        options: [String: String] = [:]
    ) async throws(DockerError) -> String {
        struct Body: Encodable {
            var Name: String
            var CheckDuplicate = true
            var Driver = "bridge"
            var Labels: [String: String]
            var Options: [String: String]
        }
        var call = EngineCall(.POST, "/networks/create")
        try call.setBody(Body(Name: name, Labels: labels, Options: options))
        return try await send(call, as: Created.self).id
    }

    /// - Throws: ``DockerError/notFound(_:)``
    package func inspectNetwork(_ name: String) async throws(DockerError) -> NetworkDetails {
        try await send(EngineCall(.GET, "/networks/\(try EngineCall.component(name))"), as: NetworkDetails.self)
    }

    /// Networks that carry all of the labels, given as `key` or `key=value`.
    package func listNetworks(labels: [String]) async throws(DockerError) -> [NetworkDetails] {
        var call = EngineCall(.GET, "/networks")
        try call.setFilters(labels.isEmpty ? [:] : ["label": labels])
        return try await send(call, as: [NetworkDetails].self)
    }

    package func removeNetwork(_ name: String) async throws(DockerError) {
        try await send(EngineCall(.DELETE, "/networks/\(try EngineCall.component(name))"))
    }
}
