import DockerEngine
import Foundation
import NIOCore
import OctobotTestSupport
import Testing

@Suite("Events, and an engine that goes away", .timeLimit(.minutes(3)), .enabled(if: Engine.isUsable, Engine.reason))
struct EngineAbsenceTests {
    @Test("events come as they happen and are resumed without a gap")
    func events() async throws {
        let client = try await Engine.client()
        let label = "test.events=\(UInt32.random(in: 0...UInt32.max))"
        let filters = ["type": ["container"], "label": [label]]
        let stream = try await client.events(filters: filters)
        var spec = ContainerSpec(image: TestEngine.busyboxImage)
        spec.command = ["sh", "-c", "exit 5"]
        spec.labels = ["test.events": String(label.split(separator: "=")[1])]
        let id = try await client.createContainer(spec)
        try await client.startContainer(id)
        _ = try await client.waitForContainer(id, limit: .seconds(30))
        try await client.removeContainer(id)
        var seen: [DockerEvent] = []
        for try await event in stream {
            seen.append(event)
            if event.action == "destroy" { break }
        }
        #expect(seen.map(\.action) == ["create", "start", "die", "destroy"])
        #expect(seen.allSatisfy { $0.subject == id })
        #expect(seen[2].attributes["exitCode"] == "5")
        var again: [DockerEvent] = []
        for try await event in try await client.events(since: seen[2].time, filters: filters) {
            again.append(event)
            if event.action == "destroy" { break }
        }
        #expect(again == Array(seen[2...]))
    }

    @Test("calls under way end with an error when the engine is killed, and work again when it is back")
    func killed() async throws {
        let engine = try await TestEngine.start()
        let client = DockerClient(socket: engine.socket)
        var spec = ContainerSpec(image: TestEngine.busyboxImage)
        spec.command = ["sleep", "1000"]
        let id = try await client.createContainer(spec)
        try await client.startContainer(id)
        let exec = try await client.createExec(ExecSpec(["sh", "-c", "echo up; sleep 1000"]), in: id)
        let events = try await client.events(filters: ["type": ["container"], "event": ["die"]])
        let wait = Task { try await client.waitForContainer(id, limit: .seconds(120)) }
        let watch = Task { () throws in for try await _ in events {} }
        try await client.withExec(exec, hasTerminal: false) { output, _ in
            var chunks = output.makeAsyncIterator()
            let first = try await chunks.next()
            #expect(first?.bytes == ByteBuffer(string: "up\n"))
            await engine.kill()
            // The end of the stream or an error: never silence.
            _ = try? await chunks.next()
        }
        await #expect { _ = try await wait.value } throws: { error in
            guard case .engineUnreachable = error as? DockerError else { return false }
            return true
        }
        await #expect { try await watch.value } throws: { error in
            guard case .engineUnreachable = error as? DockerError else { return false }
            return true
        }
        await #expect { _ = try await client.inspectContainer(id) } throws: { error in
            guard case .engineAbsent = error as? DockerError else { return false }
            return true
        }
        try await engine.launch()
        #expect(try await client.inspectContainer(id).id == id)
        await engine.stop()
    }
}
