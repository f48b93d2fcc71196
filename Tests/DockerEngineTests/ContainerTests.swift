import DockerEngine
import Foundation
import OctobotTestSupport
import Testing

@Suite("Containers on a real engine", .timeLimit(.minutes(2)), .enabled(if: Engine.isUsable, Engine.reason))
struct ContainerTests {
    @Test("the engine says what it is")
    func system() async throws {
        let client = try await Engine.client()
        let ping = try await client.ping()
        let version = try await client.engineVersion()
        #expect(version.apiVersion == ping.version.description)
        #expect(version.operatingSystem == "linux")
        #expect(try await client.version() == min(ping.version, .newest))
        let info = try await client.info()
        #expect(info.processors > 0)
        #expect(info.memoryBytes > 0)
    }

    @Test("a container is made, started, looked at, stopped and removed")
    func lifeCycle() async throws {
        let client = try await Engine.client()
        var spec = ContainerSpec(image: TestEngine.busyboxImage)
        spec.command = ["sh", "-c", "trap 'exit 3' TERM; echo up; while :; do sleep 0.05; done"]
        spec.labels = ["test.life": "cycle"]
        let name = "life-\(UInt32.random(in: 0...UInt32.max))"
        let id = try await client.createContainer(spec, name: name)
        var details = try await client.inspectContainer(name)
        #expect(details.id == id)
        #expect(details.name == name)
        #expect(details.state.phase == .created)
        #expect(details.labels["test.life"] == "cycle")
        await #expect(throws: DockerError.self) { try await client.killContainer(id) }
        await #expect(throws: DockerError.notModified) { try await client.stopContainer(id, grace: .seconds(1)) }
        try await client.startContainer(id)
        await #expect(throws: DockerError.notModified) { try await client.startContainer(id) }
        let list = try await client.listContainers(labels: ["test.life=cycle"])
        #expect(list.map(\.id) == [id])
        #expect(list.first?.phase == .running)
        #expect(list.first?.name == name)
        let wait = Task { try await client.waitForContainer(id, limit: .seconds(60)) }
        while try await client.containerLog(id, lines: 10) != Array("up\n".utf8) {}
        try await client.stopContainer(id, grace: .seconds(30))
        #expect(try await wait.value == 3)
        details = try await client.inspectContainer(id)
        #expect(details.state.phase == .exited)
        #expect(details.state.exitCode == 3)
        try await client.removeContainer(id)
        await #expect { _ = try await client.inspectContainer(id) } throws: { error in
            guard case .notFound = error as? DockerError else { return false }
            return true
        }
    }

    @Test("names and images are checked by the engine")
    func refusals() async throws {
        let client = try await Engine.client()
        let name = "taken-\(UInt32.random(in: 0...UInt32.max))"
        let spec = ContainerSpec(image: TestEngine.busyboxImage)
        let id = try await client.createContainer(spec, name: name)
        await #expect { _ = try await client.createContainer(spec, name: name) } throws: { error in
            guard case .conflict = error as? DockerError else { return false }
            return true
        }
        await #expect { _ = try await client.createContainer(ContainerSpec(image: "no/such:image")) } throws: { error in
            guard case .notFound = error as? DockerError else { return false }
            return true
        }
        for hostile in ["../../info", "a/../b", "%2e%2e", "x?force=1", "..", "", "a b", "ü"] {
            await #expect(throws: DockerError.self) { _ = try await client.inspectContainer(hostile) }
        }
        try await client.removeContainer(id)
    }

    @Test("what a container is confined to holds inside")
    func confinement() async throws {
        let client = try await Engine.client()
        try await Engine.withContainer(client) { spec in
            spec.user = "1000:1000"
            spec.hostname = "box"
            spec.droppedCapabilities = ["ALL"]
            spec.securityOptions = ["no-new-privileges"]
            spec.memoryBytes = 64 << 20
            spec.processes = 32
            spec.nanoProcessors = 500_000_000
            spec.environment = ["WHAT": "a=b c"]
            spec.memoryFolders = ["/scratch": "size=1m,mode=1777"]
        } _: { id in
            let script =
                "id -u; hostname; echo \"$WHAT\"; grep -E 'CapBnd|NoNewPrivs' /proc/self/status; df /scratch | tail -1"
            let result = try await client.run(ExecSpec(["sh", "-c", script]), in: id)
            let lines = String(decoding: result.output, as: UTF8.self).split(separator: "\n")
            #expect(lines.prefix(3) == ["1000", "box", "a=b c"])
            #expect(lines.contains("CapBnd:\t0000000000000000"))
            #expect(lines.contains("NoNewPrivs:\t1"))
            #expect(lines.last?.contains(" 1024 ") == true)
            let stats = try await client.containerStats(id)
            #expect(stats.processLimit == 32)
            #expect(stats.memoryLimit == 64 << 20)
            #expect(stats.memoryBytes ?? 0 > 0)
            #expect(stats.processes ?? 0 >= 1)
            #expect(try await client.containerProcesses(id).count == 1)
        }
    }

    @Test("files go in and out, owners and all, before the first start too")
    func archives() async throws {
        let client = try await Engine.client()
        let id = try await client.createContainer(ContainerSpec(image: TestEngine.busyboxImage))
        try await withTemporaryDirectory { folder in
            let file = folder.appending(path: "big")
            let bytes = (0..<3_000_001).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            try Data(bytes).write(to: file)
            let path = file.path(percentEncoded: false)
            try await client.putArchive(
                [
                    TarEntry("opt", .folder, mode: 0o755),
                    TarEntry("opt/mine", .folder, mode: 0o700, uid: 1000, gid: 1001),
                    TarEntry("opt/mine/big", .file(path: path, size: 3_000_001), mode: 0o755, uid: 1000),
                    TarEntry("opt/mine/small", .bytes(Array("text".utf8)), mode: 0o600),
                    TarEntry("opt/mine/link", .link(to: "small"), mode: 0o777),
                ],
                into: id,
                at: "/"
            )
            let entries = try await client.archive(of: "/opt/mine", in: id, maximum: 8 << 20)
            #expect(entries.map(\.path).sorted() == ["mine/", "mine/big", "mine/link", "mine/small"])
            #expect(entries.first { $0.path == "mine/" }?.gid == 1001)
            let big = try #require(entries.first { $0.path == "mine/big" })
            #expect(big.content == .bytes(bytes))
            #expect(big.mode & 0o777 == 0o755)
            #expect(big.uid == 1000)
            #expect(entries.first { $0.path == "mine/link" }?.content == .link(to: "small"))
            let stat = try await client.stat("/opt/mine/big", in: id)
            #expect(stat?.size == 3_000_001)
            #expect(try await client.stat("/opt/none", in: id) == nil)
            await #expect(throws: DockerError.self) {
                _ = try await client.archive(of: "/opt/mine", in: id, maximum: 1000)
            }
            await #expect(throws: DockerError.badRequest("'/nowhere' cannot be read.")) {
                let entry = TarEntry("x", .file(path: "/nowhere", size: 1), mode: 0o600)
                try await client.putArchive([entry], into: id, at: "/")
            }
        }
        try await client.removeContainer(id)
    }

    @Test("volumes and networks are made, listed and removed")
    func volumesAndNetworks() async throws {
        let client = try await Engine.client()
        let name = "thing-\(UInt32.random(in: 0...UInt32.max))"
        let volume = try await client.createVolume(name, labels: ["test.volume": name])
        #expect(volume.name == name)
        #expect(try await client.createVolume(name, labels: [:]).labels == ["test.volume": name])
        #expect(try await client.listVolumes(labels: ["test.volume=\(name)"]).map(\.name) == [name])
        try await Engine.withContainer(client) { spec in
            spec.mounts = [.init(.volume, source: name, target: "/data")]
        } _: { _ in
            await #expect { try await client.removeVolume(name) } throws: { error in
                guard case .conflict = error as? DockerError else { return false }
                return true
            }
        }
        try await client.removeVolume(name)
        await #expect(throws: DockerError.self) { _ = try await client.inspectVolume(name) }

        let options = ["com.docker.network.bridge.enable_icc": "false"]
        _ = try await client.createNetwork(name, labels: ["test.network": name], options: options)
        let network = try await client.inspectNetwork(name)
        #expect(network.options == options)
        #expect(network.driver == "bridge")
        #expect(try await client.listNetworks(labels: ["test.network=\(name)"]).map(\.id) == [network.id])
        await #expect(throws: DockerError.self) { _ = try await client.createNetwork(name, labels: [:]) }
        try await client.removeNetwork(name)
    }

    @Test("a port is published on loopback only, and found by looking")
    func ports() async throws {
        let client = try await Engine.client()
        let name = "ports-\(UInt32.random(in: 0...UInt32.max))"
        _ = try await client.createNetwork(name, labels: [:])
        try await Engine.withContainer(client, command: ["sh", "-c", "while :; do echo hi | nc -l -p 3002; done"]) {
            spec in
            spec.network = name
            spec.ports = [.init(container: 3002, hostAddress: "127.0.0.1")]
        } _: { id in
            let published = try #require(try await client.inspectContainer(id).ports["3002/tcp"]?.first)
            #expect(published.address == "127.0.0.1")
            let list = try await client.listContainers(labels: [])
            #expect(list.first { $0.id == id }?.ports.first?.host == published.port)
            let socket = try LineSocket(port: UInt16(published.port))
            for await line in socket.lines {
                #expect(line == Array("hi".utf8))
                break
            }
        }
        try await client.removeNetwork(name)
    }

    @Test("images are made, looked at and removed; what no registry has is not there")
    func images() async throws {
        let client = try await Engine.client()
        let name = try #require(ImageReference("test/made:1"))
        let entries = [TarEntry("hello", .bytes(Array("hello".utf8)), mode: 0o644)]
        let id = try await client.importImage(name, from: entries, changes: ["LABEL a=b", "USER 1000"])
        let image = try await client.inspectImage("test/made:1")
        #expect(image.id == id)
        #expect(image.tags == ["test/made:1"])
        #expect(image.labels == ["a": "b"])
        #expect(image.user == "1000")
        try await client.removeImage("test/made:1")
        await #expect(throws: DockerError.self) { _ = try await client.inspectImage("test/made:1") }
        // Nothing listens there: an error of the network, which may become better by itself.
        let absent = try #require(ImageReference("127.0.0.1:1/no/such"))
        await #expect { try await client.pullImage(absent, limit: .seconds(30)) } throws: { error in
            guard case .engineFailed = error as? DockerError else { return false }
            return true
        }
    }
}
