import AsyncHTTPClient
import Foundation
import JSONText
import NIOCore
import NIOHTTP1
import SandboxAgentAPI
import Testing
import UIMessageStream

@testable import OctobotAgentService

/// The built `octobot-agent serve` in a home of a test's own, and requests to it.
struct ServiceFixture: Sendable {
    static let secret = String(repeating: "5ec2e7", count: 10)

    let repository: RepositoryFixture
    let environment: [String: String]

    var socket: String { repository.folder.path + "/agent.sock" }

    /// - Parameter environment: variables beyond the usual ones.
    static func run<Result>(
        environment: [String: String] = [:],
        _ body: (ServiceFixture) async throws -> Result
    ) async throws -> Result {
        try await RepositoryFixture.run { repository in
            let salt: [UInt8] = Array(0..<16)
            let hash = SecretHash(salt: salt, digest: [])
            let digest = Authenticator.sha256(hash.message(for: secret))
            var variables = [
                "OCTOBOT_SECRET": SecretHash(salt: salt, digest: digest).text, "HOME": repository.home,
                "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
                "WORKSPACE_PATH": repository.mirror, "OCTOBOT_DEMO_INTERVAL_MS": "20",
            ]
            variables["WORKSPACE_COMMIT"] = try await repository.head(of: repository.mirror)
            variables.merge(environment) { _, own in own }
            return try await body(ServiceFixture(repository: repository, environment: variables))
        }
    }

    /// The program beside the tests.
    static var executable: String {
        URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().path + "/octobot-agent"
    }

    /// Starts the service, waits until it answers, and ends it after `body`.
    func serving<Result>(
        _ arguments: [String]? = nil,
        _ body: (RunningService) async throws -> Result
    ) async throws -> Result {
        let service = try await start(arguments)
        do {
            let result = try await body(service)
            await service.end()
            return result
        } catch {
            await service.end()
            throw error
        }
    }

    private func start(_ arguments: [String]?) async throws -> RunningService {
        let process = try spawn(arguments)
        close(process.input)
        let line = await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                var line: [UInt8] = []
                var byte: UInt8 = 0
                while read(process.output, &byte, 1) == 1, byte != 0x0A { line.append(byte) }
                close(process.output)
                continuation.resume(returning: String(decoding: line, as: UTF8.self))
            }
        }
        guard line.hasPrefix("ready "), let port = Int(line.dropFirst(6)) else {
            await process.end(terminateAfter: .zero)
            throw NotReady(description: process.errorTail.joined(separator: "\n"))
        }
        let authority = port > 0 ? "http://127.0.0.1:\(port)" : "http+unix://\(socket.replacing("/", with: "%2F"))"
        return RunningService(process: process, base: authority)
    }

    /// Starts the service and waits for nothing.
    func spawn(_ arguments: [String]? = nil) throws -> AgentProcess {
        try AgentProcess(
            command: [Self.executable, "serve"] + (arguments ?? ["--socket", socket]),
            environment: environment,
            directory: repository.folder.path
        )
    }

    struct NotReady: Error, CustomStringConvertible {
        var description: String
    }
}

/// One run of the service.
struct RunningService: Sendable {
    let process: AgentProcess
    let base: String

    struct Answer {
        var status: Int
        var headers: HTTPHeaders
        var body: JSONValue
    }

    /// Ends it as a machine would.
    func kill9() async {
        kill(process.pid, SIGKILL)
        _ = await process.waitForExit(.seconds(10))
    }

    func end() async {
        kill(process.pid, SIGTERM)
        await process.end(terminateAfter: .seconds(10))
    }

    func request(_ method: HTTPMethod, _ path: String, _ headers: [String: String] = [:]) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: base + path)
        request.method = method
        for (name, value) in ["Authorization": "Bearer \(ServiceFixture.secret)"].merging(
            headers,
            uniquingKeysWith: { $1 }
        ) {
            request.headers.replaceOrAdd(name: name, value: value)
        }
        return request
    }

    func send(
        _ method: HTTPMethod,
        _ path: String,
        _ body: JSONValue? = nil,
        headers: [String: String] = [:]
    ) async throws -> Answer {
        var request = request(method, path, headers)
        if let body { request.body = .bytes(ByteBuffer(bytes: body.serialized())) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        let bytes = Array(buffer: try await response.body.collect(upTo: 64 << 20))
        return Answer(
            status: Int(response.status.code),
            headers: response.headers,
            body: bytes.isEmpty ? .null : try JSONValue(parsing: bytes)
        )
    }

    /// Starts a turn with a text.
    @discardableResult
    func prompt(_ turn: String, _ text: String, headers: [String: String] = [:]) async throws -> Answer {
        try await send(
            .POST,
            "/chat",
            [
                "messages": [
                    ["id": .string("u-\(turn)"), "role": "user", "parts": [["type": "text", "text": .string(text)]]]
                ]
            ],
            headers: headers.merging(["Idempotency-Key": turn]) { $1 }
        )
    }

    /// The chunks of a turn after `start`, to its `[DONE]` or to the first for which `isEnough`.
    ///
    /// - Returns: `nil` when the turn is not there.
    func chunks(
        _ turn: String,
        from start: Int = 0,
        until isEnough: (UIMessageChunk) -> Bool = { _ in false }
    ) async throws -> [UIMessageChunk]? {
        let request = request(.GET, "/chat?completionId=\(turn)&from=\(start)", ["Accept": "text/event-stream"])
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        guard response.status == .ok else { return nil }
        var parser = ServerSentEventParser()
        var chunks: [UIMessageChunk] = []
        for try await buffer in response.body {
            for event in try parser.consume(buffer.readableBytesView) {
                if event.isDone { return chunks }
                chunks.append(try UIMessageChunk(parsing: event.data))
                #expect(event.id == String(start + chunks.count))
                if let last = chunks.last, isEnough(last) { return chunks }
            }
        }
        return chunks
    }

    /// Runs a turn to its end; a whole message in the order of the contract.
    func turn(_ turn: String, _ text: String, headers: [String: String] = [:]) async throws -> [UIMessageChunk] {
        let answer = try await prompt(turn, text, headers: headers)
        try #require(answer.status == 202, "\(answer.body)")
        let chunks = try #require(try await chunks(turn))
        try ChunkGrammar.check(chunks)
        try await idle()
        return chunks
    }

    /// Waits for the end of the running turn's bookkeeping, which follows its last chunk.
    func idle() async throws {
        while try await send(.GET, "/chat/status").body["isRunning"] == true { await Task.yield() }
    }
}
