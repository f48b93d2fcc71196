import Foundation
import OctobotTestSupport
import Testing

@testable import DockerEngine

@Suite("The engine's address")
struct DockerHostTests {
    @Test("DOCKER_HOST comes first")
    func variable() throws {
        #expect(try DockerHost.socket(environment: ["DOCKER_HOST": "unix:///run/x.sock"]) == "/run/x.sock")
    }

    @Test(
        "an engine on another machine is refused",
        arguments: [
            "tcp://10.0.0.1:2375", "ssh://host", "npipe:////./pipe/docker", "http://x", "unix://relative", "/bare",
        ]
    )
    func refused(host: String) {
        #expect(throws: DockerError.hostRefused(host)) { try DockerHost.socket(environment: ["DOCKER_HOST": host]) }
    }

    @Test("the current context is followed")
    func context() async throws {
        try await withTemporaryDirectory { folder in
            let meta = folder.appending(path: "contexts/meta/0123abcd")
            try FileManager.default.createDirectory(at: meta, withIntermediateDirectories: true)
            try Data(#"{"currentContext":"mine"}"#.utf8).write(to: folder.appending(path: "config.json"))
            let text =
                #"{"Name":"mine","Metadata":{},"Endpoints":{"docker":{"Host":"unix:///run/user/7/docker.sock"}}}"#
            try Data(text.utf8).write(to: meta.appending(path: "meta.json"))
            let path = folder.path(percentEncoded: false)
            #expect(try DockerHost.socket(environment: ["DOCKER_CONFIG": path]) == "/run/user/7/docker.sock")
            #expect(throws: DockerError.hostRefused("context other")) {
                try DockerHost.socket(environment: ["DOCKER_CONFIG": path, "DOCKER_CONTEXT": "other"])
            }
        }
    }

    @Test("the user's runtime folder is looked at")
    func runtimeFolder() async throws {
        try await withTemporaryDirectory { folder in
            let path = folder.path(percentEncoded: false)
            try Data().write(to: folder.appending(path: "docker.sock"))
            let found = try DockerHost.socket(environment: ["XDG_RUNTIME_DIR": path])
            let usual = "/var/run/docker.sock"
            #expect(found == (access(usual, F_OK) == 0 ? usual : path + "/docker.sock"))
        }
    }

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
