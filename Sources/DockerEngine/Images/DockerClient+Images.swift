import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// What an engine knows of one image.
package struct ImageDetails: Sendable, Equatable {
    /// Its digest, `sha256:…`.
    package var id: String
    package var tags: [String]
    package var labels: [String: String]
    package var user: String
    package var environment: [String: String]
    package var architecture: String
    package var bytes: Int64
}

extension ImageDetails: Decodable {
    private enum Keys: String, CodingKey {
        case Id, RepoTags, Config, Architecture, Size
    }

    private struct Configuration: Decodable {
        var Labels: [String: String]?
        var User: String?
        var Env: [String]?
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Keys.self)
        id = try values.decode(String.self, forKey: .Id)
        tags = try values.decodeIfPresent([String].self, forKey: .RepoTags) ?? []
        let configuration = try values.decodeIfPresent(Configuration.self, forKey: .Config)
        labels = configuration?.Labels ?? [:]
        user = configuration?.User ?? ""
        let variables = (configuration?.Env ?? []).map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
        environment = Dictionary(
            variables.compactMap { $0.count == 2 ? ($0[0], $0[1]) : nil },
            uniquingKeysWith: { $1 }
        )
        architecture = try values.decodeIfPresent(String.self, forKey: .Architecture) ?? ""
        bytes = try values.decodeIfPresent(Int64.self, forKey: .Size) ?? 0
    }
}

extension DockerClient {
    /// - Parameter name: A name or an id.
    /// - Throws: ``DockerError/notFound(_:)``
    package func inspectImage(_ name: String) async throws(DockerError) -> ImageDetails {
        try await send(try Self.image(name, .GET, "/json"), as: ImageDetails.self)
    }

    /// Fetches an image from its registry.
    ///
    /// - Parameters:
    ///   - credentials: As ``RegistryCredentials`` gives them.
    ///   - limit: How long it may take.
    ///   - progress: Called for every step, one after the other.
    /// - Throws: ``DockerError/notFound(_:)`` and ``DockerError/unauthorized(_:)`` for what will not become better by itself.
    package func pullImage(
        _ image: ImageReference,
        credentials: String? = nil,
        limit: Duration = .seconds(300),
        progress: @escaping @Sendable (PullProgress) -> Void = { _ in }
    ) async throws(DockerError) {
        var call = EngineCall(.POST, "/images/create")
        call.query = [("fromImage", image.familiarName), ("tag", image.digest ?? image.tag ?? "latest")]
        if let credentials { call.headers.append(("X-Registry-Auth", credentials)) }
        call.limit = limit
        let pull = call
        do {
            try await connection.within(limit, "pull of \(image)") {
                var sum = PullProgress()
                for try await line in EngineLines(bytes: try await self.open(pull)) {
                    let step = try EngineAnswer.decode(PullLine.self, from: line)
                    try step.check()
                    sum.take(step)
                    progress(sum)
                }
            }
        } catch {
            guard case .engineFailed(let status, let message) = error else { throw error }
            throw DockerError(pull: status, message)
        }
    }

    /// Makes an image of a folder tree.
    ///
    /// - Parameter changes: Lines as in a Dockerfile, such as `LABEL a=b`.
    /// - Returns: The image's id.
    package func importImage(
        _ name: ImageReference,
        from entries: [TarEntry],
        changes: [String] = [],
        limit: Duration = .seconds(300)
    ) async throws(DockerError) -> String {
        var call = EngineCall(.POST, "/images/create")
        call.query = [("fromSrc", "-"), ("repo", name.familiarName), ("tag", name.tag ?? "latest")]
        call.query += changes.map { ("changes", $0) }
        call.contentType = "application/x-tar"
        call.body = .stream(TarArchive(entries), length: .unknown)
        call.limit = limit
        let load = call
        return try await connection.within(limit, "import of \(name)") {
            var id: String?
            for try await line in EngineLines(bytes: try await self.open(load)) {
                let step = try EngineAnswer.decode(PullLine.self, from: line)
                try step.check()
                if let status = step.status, status.hasPrefix("sha256:") { id = status }
            }
            guard let id else { throw DockerError.invalidAnswer("an import without the image's id") }
            return id
        }
    }

    /// Removes a name, and the image with its last one.
    ///
    /// - Throws: ``DockerError/conflict(_:)`` while a container uses it.
    package func removeImage(_ name: String) async throws(DockerError) {
        try await send(try Self.image(name, .DELETE))
    }

    private static func image(
        _ name: String,
        _ method: HTTPMethod,
        _ rest: String = ""
    ) throws(DockerError) -> EngineCall {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        var path: [String] = []
        for part in parts { path.append(try EngineCall.component(String(part))) }
        return EngineCall(method, "/images/" + path.joined(separator: "/") + rest)
    }
}
