import Foundation
import OctobotTestSupport
import Testing

@testable import OctoctlCommands

@Suite("doctor on the container engine", .timeLimit(.minutes(1)))
struct EngineCheckTests {
    @Test(
        "an engine on another machine is named as not used",
        arguments: ["tcp://10.0.0.1:2375", "ssh://elsewhere", "unix://d"]
    )
    func elsewhere(host: String) {
        let finding = EngineCheck(environment: ["DOCKER_HOST": host]).finding
        #expect(finding.verdict == .notice)
        #expect(finding.detail.contains(host) && finding.detail.contains("local sandboxes need none"))
        #expect(finding.remedy?.contains("unix:///") == true)
    }

    @Test("no socket, a dead one and one that listens are told apart")
    func sockets() async throws {
        try await withTemporaryDirectory { folder in
            let path = folder.appending(path: "docker.sock").path(percentEncoded: false)
            let environment = ["DOCKER_HOST": "unix://" + path]
            var finding = EngineCheck(environment: environment).finding
            #expect(finding.verdict == .notice)
            #expect(finding.detail == "none at \(path); local sandboxes need none")
            #expect(finding.remedy?.contains("docker.io") == true)

            let listener = try Listener(path)
            finding = EngineCheck(environment: environment).finding
            #expect(finding == .fine("container engine", "listens at \(path)"))

            listener.close()
            finding = EngineCheck(environment: environment).finding
            #expect(finding.verdict == .notice)
            #expect(finding.detail == "nothing listens at \(path); local sandboxes need none")
        }
    }

    @Test("the context that the docker command uses is followed, as the daemon follows it")
    func context() async throws {
        try await withTemporaryDirectory { folder in
            let meta = folder.appending(path: ".docker/contexts/meta/0123abcd")
            try FileManager.default.createDirectory(at: meta, withIntermediateDirectories: true)
            let home = folder.path(percentEncoded: false)
            let socket = home + "mine.sock"
            let listener = try Listener(socket)
            defer { listener.close() }
            try Data(#"{"currentContext":"mine"}"#.utf8).write(to: folder.appending(path: ".docker/config.json"))
            let text = #"{"Name":"mine","Endpoints":{"docker":{"Host":"unix://\#(socket)"}}}"#
            try Data(text.utf8).write(to: meta.appending(path: "meta.json"))
            let environment = ["HOME": String(home.dropLast())]
            #expect(EngineCheck(environment: environment).finding == .fine("container engine", "listens at \(socket)"))
            let other = EngineCheck(environment: environment.merging(["DOCKER_CONTEXT": "afar"]) { $1 }).finding
            #expect(other.verdict == .notice && other.detail.contains("context afar"), "\(other)")
        }
    }

    @Test("a socket of the user's own counts where the system has none")
    func usualPlaces() async throws {
        try await withTemporaryDirectory { folder in
            let runtime = folder.path(percentEncoded: false)
            let listener = try Listener(runtime + "/docker.sock")
            defer { listener.close() }
            let finding = EngineCheck(environment: ["XDG_RUNTIME_DIR": runtime]).finding
            let system = FileManager.default.fileExists(atPath: "/var/run/docker.sock")
            #expect(finding.detail.contains(system ? "/var/run/docker.sock" : runtime + "/docker.sock"))
        }
    }
}

/// A unix socket that accepts.
private struct Listener {
    private let descriptor: Int32

    init(_ path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        try #require(bytes.count < MemoryLayout.size(ofValue: address.sun_path))
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(status == 0 && listen(descriptor, 1) == 0)
    }

    func close() { Glibc.close(descriptor) }
}
