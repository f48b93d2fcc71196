import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// What a path in a container is.
package struct ArchiveStat: Sendable, Equatable, Decodable {
    package var name: String
    package var size: Int64
    /// As Go's `FileMode`; its low nine bits are the permissions.
    package var mode: UInt32
    /// Where a link leads; empty for everything else.
    package var linkTarget: String
}

extension DockerClient {
    /// Unpacks an archive in a folder of a container, running or not, as root of the host would.
    ///
    /// - Throws: ``DockerError/notFound(_:)`` when there is no such folder.
    package func putArchive(
        _ entries: [TarEntry],
        into container: String,
        at path: String
    ) async throws(DockerError) {
        var call = try Self.container(container, .PUT, "/archive")
        call.query = [("path", path)]
        call.contentType = "application/x-tar"
        call.limit = .seconds(300)
        call.body = .stream(TarArchive(entries), length: .unknown)
        try await send(call)
    }

    /// A file or folder of a container, with what is in it.
    ///
    /// - Throws: ``DockerError/notFound(_:)``; ``DockerError/invalidAnswer(_:)`` for more than `maximum` bytes.
    package func archive(
        of path: String,
        in container: String,
        maximum: Int
    ) async throws(DockerError) -> [TarEntry] {
        var call = try Self.container(container, .GET, "/archive")
        call.query = [("path", path)]
        call.maximum = maximum
        return try TarReader.entries(try await send(call).body.readableBytesView)
    }

    /// What a path in a container is; `nil` when there is nothing.
    package func stat(_ path: String, in container: String) async throws(DockerError) -> ArchiveStat? {
        var call = try Self.container(container, .HEAD, "/archive")
        call.query = [("path", path)]
        let answer: EngineConnection.Answer
        do {
            answer = try await send(call)
        } catch {
            guard case .notFound = error else { throw error }
            return nil
        }
        guard let text = answer.headers.first(name: "X-Docker-Container-Path-Stat"),
            let data = Data(base64Encoded: text)
        else { throw .invalidAnswer("no description of '\(path)'") }
        return try EngineAnswer.decode(ArchiveStat.self, from: ByteBuffer(bytes: data))
    }
}
