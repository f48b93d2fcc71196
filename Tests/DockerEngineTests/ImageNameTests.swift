import Foundation
import OctobotTestSupport
import Testing

@testable import DockerEngine

@Suite("Names of images, and what is known of their registries")
struct ImageNameTests {
    @Test("credentials of a registry come from the configuration")
    func credentials() async throws {
        try await withTemporaryDirectory { folder in
            let text = #"{"auths":{"ghcr.io":{"auth":"bWU6c2VjcmV0"}}}"#
            try Data(text.utf8).write(to: folder.appending(path: "config.json"))
            let environment = ["DOCKER_CONFIG": folder.path(percentEncoded: false)]
            let image = try #require(ImageReference("ghcr.io/some/image:1"))
            let header = try #require(RegistryCredentials.header(for: image, environment: environment))
            let json = try #require(Data(base64Encoded: header))
            let fields = try JSONDecoder().decode([String: String].self, from: json)
            #expect(fields == ["username": "me", "password": "secret", "serveraddress": "ghcr.io"])
            let other = try #require(ImageReference("debian"))
            #expect(RegistryCredentials.header(for: other, environment: environment) == nil)
        }
    }

    @Test(
        "names of images are taken apart",
        arguments: [
            ("debian", "docker.io", "library/debian", "debian:latest"),
            ("me/thing:2", "docker.io", "me/thing", "me/thing:2"),
            ("ghcr.io/a/b", "ghcr.io", "a/b", "ghcr.io/a/b:latest"),
            ("localhost:5000/x:y", "localhost:5000", "x", "localhost:5000/x:y"),
            ("a@sha256:00", "docker.io", "library/a", "a@sha256:00"),
        ]
    )
    func names(text: String, registry: String, repository: String, description: String) throws {
        let image = try #require(ImageReference(text))
        #expect(image.registry == registry)
        #expect(image.repository == repository)
        #expect(image.description == description)
    }

    @Test(
        "what is no name is refused",
        arguments: ["", "sha256:abcd", "UPPER", "a//b", "a:", "x y", "a@b", "a:t/../x"]
    )
    func noNames(text: String) {
        #expect(ImageReference(text) == nil)
    }
}
