import Foundation
import NIOCore
import OctobotTestSupport
import Testing

@testable import DockerEngine

@Suite("An engine that misbehaves", .timeLimit(.minutes(1)))
struct FaultTests {
    private func inspect(_ answer: StubEngine.Answer, version: String? = "1.41") async throws -> DockerError? {
        try await withTemporaryDirectory { folder in
            let engine = try await StubEngine(in: folder, version: version, answer)
            var failure: DockerError?
            do throws(DockerError) {
                _ = try await DockerClient(socket: engine.socket).inspectContainer("x")
            } catch {
                failure = error
            }
            try await engine.close()
            return failure
        }
    }

    @Test(
        "statuses become errors of their own",
        arguments: [
            ("304 Not Modified", DockerError.notModified),
            ("400 Bad Request", .badRequest("why")),
            ("401 Unauthorized", .unauthorized("why")),
            ("403 Forbidden", .unauthorized("why")),
            ("404 Not Found", .notFound("why")),
            ("409 Conflict", .conflict("why")),
            ("500 Internal Server Error", .engineFailed(status: 500, message: "why")),
            ("503 Service Unavailable", .engineFailed(status: 503, message: "why")),
        ]
    )
    func statuses(status: String, expected: DockerError) async throws {
        let answer =
            status.hasPrefix("304") ? "HTTP/1.1 \(status)\r\n\r\n" : StubEngine.json(status, #"{"message":"why"}"#)
        #expect(try await inspect(.bytes(answer)) == expected)
    }

    @Test("a connection cut in the middle of the answer is the engine's absence")
    func cut() async throws {
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"Id\":"
        guard case .engineUnreachable = try await inspect(.cut(head)) else {
            Issue.record("not unreachable")
            return
        }
    }

    @Test("a connection cut before the answer is the engine's absence")
    func cutAtOnce() async throws {
        guard case .engineUnreachable = try await inspect(.cut("")) else {
            Issue.record("not unreachable")
            return
        }
    }

    @Test(
        "what cannot be read is said to be so",
        arguments: [
            "SSH-2.0-OpenSSH\r\n\r\n", StubEngine.json("200 OK", "[]"), StubEngine.json("200 OK", "{\"Id\":"),
            StubEngine.json("200 OK", String(repeating: "[", count: 5000)),
            StubEngine.json("200 OK", "\"" + String(repeating: "x", count: 5 << 20) + "\""),
        ]
    )
    func garbage(answer: String) async throws {
        guard case .invalidAnswer = try await inspect(.bytes(answer)) else {
            Issue.record("not invalid")
            return
        }
    }

    @Test("an old engine is refused by its version")
    func old() async throws {
        #expect(try await inspect(.silence, version: "1.40") == .versionUnsupported(engine: "1.40"))
    }

    @Test("an engine that knows no version is none")
    func noEngine() async throws {
        guard case .invalidAnswer = try await inspect(.silence, version: nil) else {
            Issue.record("not invalid")
            return
        }
    }

    @Test("an engine that dropped our versions is named")
    func tooNew() async throws {
        let text = "client version 1.47 is too old. Minimum supported API version is 1.90, please upgrade your client"
        let failure = try await inspect(
            .bytes(StubEngine.json("400 Bad Request", #"{"message":"\#(text)"}"#)),
            version: "1.95"
        )
        #expect(failure == .versionUnsupported(engine: "unlike ours (\(text))"))
    }

    @Test("silence ends with the call's time")
    func silence() async throws {
        try await withTemporaryDirectory { folder in
            let engine = try await StubEngine(in: folder, .silence)
            let client = DockerClient(socket: engine.socket)
            await #expect(throws: DockerError.timedOut("POST /containers/x/wait")) {
                _ = try await client.waitForContainer("x", limit: .milliseconds(100))
            }
            try await engine.close()
        }
    }

    @Test("a body that does not end does so with the call's time")
    func slowBody() async throws {
        try await withTemporaryDirectory { folder in
            let engine = try await StubEngine(in: folder, .bytes("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"))
            let client = DockerClient(socket: engine.socket)
            await #expect(throws: DockerError.timedOut("POST /containers/x/wait")) {
                _ = try await client.waitForContainer("x", limit: .milliseconds(100))
            }
            try await engine.close()
        }
    }

    @Test("a cancelled call says so")
    func cancelled() async throws {
        try await withTemporaryDirectory { folder in
            let engine = try await StubEngine(in: folder, .silence)
            let client = DockerClient(socket: engine.socket)
            let call = Task { try await client.waitForContainer("x", limit: .seconds(30)) }
            call.cancel()
            await #expect(throws: DockerError.cancelled) { _ = try await call.value }
            try await engine.close()
        }
    }

    @Test("no socket, and a socket nobody listens on, are the engine's absence")
    func absent() async throws {
        try await withTemporaryDirectory { folder in
            let engine = try await StubEngine(in: folder, .silence)
            let none = DockerClient(socket: folder.path(percentEncoded: false) + "none")
            await #expect(throws: DockerError.engineAbsent("there is no socket '\(none.socket)'")) {
                _ = try await none.ping()
            }
            let stale = folder.path(percentEncoded: false) + "stale"
            rename(engine.socket, stale)
            try await engine.close()
            await #expect(throws: DockerError.engineAbsent("nothing listens at '\(stale)'")) {
                _ = try await DockerClient(socket: stale).ping()
            }
        }
    }

    @Test(
        "a program that cannot be started tells why, and a broken start is the engine's absence",
        arguments: [
            (StubEngine.Answer.bytes(StubEngine.json("404 Not Found", #"{"message":"no such exec"}"#)), "no such exec"),
            (.bytes(StubEngine.json("409 Conflict", #"{"message":"not running"}"#)), "not running"),
            (.cut(""), "The connection to the Docker engine broke"),
            (
                .cut("HTTP/1.1 409 Conflict\r\nContent-Length: 50\r\n\r\nabc"),
                "The connection to the Docker engine broke"
            ),
            (.bytes("garbage\r\n\r\n"), "The Docker engine's answer cannot be read"),
        ]
    )
    func hijack(answer: StubEngine.Answer, text: String) async throws {
        try await withTemporaryDirectory { folder in
            let engine = try await StubEngine(in: folder, answer)
            let client = DockerClient(socket: engine.socket)
            let failure = await #expect(throws: DockerError.self) {
                try await client.withExec("x", hasTerminal: false) { _, _ in }
            }
            #expect(failure?.description.hasPrefix(text) == true, "\(String(describing: failure))")
            try await engine.close()
        }
    }

    @Test("frames that are none are noticed")
    func frames() throws {
        var frames = StreamDemultiplexer()
        frames.append(.init(string: "hello, world"))
        #expect(throws: DockerError.self) { try frames.next() }
    }

    @Test("frames are taken apart wherever they are cut", arguments: 1...12)
    func pieces(size: Int) throws {
        var bytes: [UInt8] = [1, 0, 0, 0, 0, 0, 0, 5] + Array("hello".utf8)
        bytes += [2, 0, 0, 0, 0, 0, 0, 0]
        bytes += [2, 0, 0, 0, 0, 0, 0, 3] + Array("bad".utf8)
        var frames = StreamDemultiplexer()
        var output = ""
        var errors = ""
        for start in stride(from: 0, to: bytes.count, by: size) {
            frames.append(.init(bytes: bytes[start..<min(start + size, bytes.count)]))
            while let chunk = try frames.next() {
                if chunk.source == .output {
                    output += String(buffer: chunk.bytes)
                } else {
                    errors += String(buffer: chunk.bytes)
                }
            }
        }
        #expect(output == "hello")
        #expect(errors == "bad")
        #expect(frames.isBetweenFrames)
    }

    @Test(
        "a pull that fails in its middle fails",
        arguments: [
            (
                #"{"errorDetail":{"message":"manifest unknown"},"error":"manifest unknown"}"#,
                DockerError.notFound("manifest unknown")
            ),
            (#"{"errorDetail":{"code":401,"message":"who?"},"error":"who?"}"#, .unauthorized("who?")),
            (#"{"error":"unexpected EOF"}"#, .engineFailed(status: 500, message: "unexpected EOF")),
        ]
    )
    func pull(line: String, expected: DockerError) async throws {
        try await withTemporaryDirectory { folder in
            let body = #"{"status":"Pulling fs layer","progressDetail":{},"id":"a"}"# + "\r\n" + line + "\r\n"
            let engine = try await StubEngine(in: folder, .bytes(StubEngine.json("200 OK", body)))
            let image = try #require(ImageReference("some/image"))
            await #expect(throws: expected) { try await DockerClient(socket: engine.socket).pullImage(image) }
            try await engine.close()
        }
    }
}
