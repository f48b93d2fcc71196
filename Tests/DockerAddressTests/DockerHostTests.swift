import Foundation
import OctobotTestSupport
import Testing

@testable import DockerAddress

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
        #expect(throws: DockerHostRefused.address(host)) { try DockerHost.socket(environment: ["DOCKER_HOST": host]) }
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
            #expect(throws: DockerHostRefused.context("other")) {
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
}
