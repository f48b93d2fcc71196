import DockerEngine
import Foundation
import NIOCore
import OctobotTestSupport
import Testing

@Suite("Programs in containers on a real engine", .timeLimit(.minutes(2)), .enabled(if: Engine.isUsable, Engine.reason))
struct ExecTests {
    @Test("output, errors, input and status are told apart")
    func run() async throws {
        let client = try await Engine.client()
        try await Engine.withContainer(client) { id in
            var spec = ExecSpec(["sh", "-c", "cat; echo bad >&2; echo $A; id -u; pwd; exit 7"])
            spec.environment = ["A": "b"]
            spec.user = "5:6"
            spec.workingFolder = "/tmp"
            let result = try await client.run(spec, in: id, input: Array("typed\n".utf8))
            #expect(result.exitCode == 7)
            #expect(result.output == Array("typed\nb\n5\n/tmp\n".utf8))
            #expect(result.errors == Array("bad\n".utf8))
            #expect(!result.isCutOff)
        }
    }

    @Test("output beyond the limit is dropped, not kept")
    func limit() async throws {
        let client = try await Engine.client()
        try await Engine.withContainer(client) { id in
            let spec = ExecSpec(["sh", "-c", "head -c 20000000 /dev/zero; echo end >&2"])
            let result = try await client.run(spec, in: id, maximum: 1000)
            #expect(result.output.count == 1000)
            #expect(result.errors == Array("end\n".utf8))
            #expect(result.isCutOff)
            #expect(result.exitCode == 0)
        }
    }

    @Test("input that the program does not read is no failure")
    func unreadInput() async throws {
        let client = try await Engine.client()
        try await Engine.withContainer(client) { id in
            let result = try await client.run(ExecSpec(["true"]), in: id, input: [UInt8](repeating: 65, count: 1 << 20))
            #expect(result.exitCode == 0)
        }
    }

    @Test("what is not there and what does not run is said to be so")
    func refusals() async throws {
        let client = try await Engine.client()
        try await Engine.withContainer(client) { id in
            let missing = try? await client.run(ExecSpec(["no-such-program"]), in: id)
            // Older engines start it and report 126, newer ones refuse the start.
            #expect(missing == nil || missing?.exitCode == 126 || missing?.exitCode == 127)
            try await client.killContainer(id)
            _ = try await client.waitForContainer(id, limit: .seconds(30))
            await #expect { _ = try await client.run(ExecSpec(["true"]), in: id) } throws: { error in
                guard case .conflict = error as? DockerError else { return false }
                return true
            }
        }
        await #expect { _ = try await client.run(ExecSpec(["true"]), in: "none") } throws: { error in
            guard case .notFound = error as? DockerError else { return false }
            return true
        }
    }

    @Test("a program that takes too long is left alone after its time")
    func tooLong() async throws {
        let client = try await Engine.client()
        try await Engine.withContainer(client) { id in
            await #expect(throws: DockerError.timedOut("sleep")) {
                _ = try await client.run(ExecSpec(["sleep", "1000"]), in: id, limit: .milliseconds(500))
            }
        }
    }

    @Test("a terminal has a size, takes every key, and ends with its program")
    func terminal() async throws {
        let client = try await Engine.client()
        try await Engine.withContainer(client) { id in
            var spec = ExecSpec(["sh", "-c", "stty raw -echo; echo ready; head -c 3 | od -An -tx1; stty size; exit 4"])
            spec.hasTerminal = true
            spec.takesInput = true
            let exec = try await client.createExec(spec, in: id)
            try await client.withExec(exec, hasTerminal: true) { output, input in
                try await client.resizeExec(exec, rows: 33, columns: 111)
                var text = ""
                var isTyped = false
                for try await chunk in output {
                    #expect(chunk.source == .output)
                    text += String(buffer: chunk.bytes)
                    if !isTyped, text.contains("ready") {
                        isTyped = true
                        // Ctrl-P Ctrl-Q would detach.
                        try await input.write(ByteBuffer(bytes: [0x10, 0x11, 0x10]))
                    }
                }
                #expect(text.contains("10 11 10"))
                #expect(text.contains("33 111"))
            }
            let state = try await client.inspectExec(exec)
            #expect(!state.isRunning)
            #expect(state.exitCode == 4)
        }
    }

    @Test("the end of input is seen while output goes on")
    func halfClose() async throws {
        let client = try await Engine.client()
        try await Engine.withContainer(client) { id in
            var spec = ExecSpec(["sh", "-c", "cat; echo after"])
            spec.takesInput = true
            let exec = try await client.createExec(spec, in: id)
            let text = try await client.withExec(exec, hasTerminal: false) { output, input in
                try await input.write(ByteBuffer(string: "before\n"))
                input.finish()
                var text = ""
                for try await chunk in output { text += String(buffer: chunk.bytes) }
                return text
            }
            #expect(text == "before\nafter\n")
        }
    }

    @Test("a program goes on when its connection goes")
    func staysBehind() async throws {
        let client = try await Engine.client()
        try await Engine.withContainer(client) { id in
            var spec = ExecSpec(["sh", "-c", "echo up; exec sleep 1000"])
            spec.hasTerminal = true
            let exec = try await client.createExec(spec, in: id)
            let isUp = try await client.withExec(exec, hasTerminal: true) { output, _ in
                for try await chunk in output where String(buffer: chunk.bytes).contains("up") { return true }
                return false
            }
            #expect(isUp)
            #expect(try await client.inspectExec(exec).isRunning)
        }
    }
}
