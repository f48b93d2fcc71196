import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Testing

@testable import ProviderLogin

@Suite("the callback on loopback", .timeLimit(.minutes(2)))
struct CallbackTests {
    private struct Answer {
        var status: Int
        var body: String
        var policy: String?
    }

    private static func get(_ port: Int, _ target: String, method: String = "GET") async throws -> Answer {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(target)")
        request.method = .init(rawValue: method)
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
        let body = try await response.body.collect(upTo: 1 << 20)
        return Answer(
            status: Int(response.status.code),
            body: String(buffer: body),
            policy: response.headers.first(name: "Content-Security-Policy")
        )
    }

    /// A listener that shows what it was asked.
    private static func run(_ body: @Sendable (CallbackListener) async throws -> Void) async throws {
        let listener = try await CallbackListener.bind(port: 0, patience: .milliseconds(500))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                await listener.serve { request in
                    CallbackPage(
                        title: "\(request.error?.rawValue ?? "none") <b>",
                        text: request.state ?? "no state",
                        code: request.code
                    )
                }
            }
            try await body(listener)
            await listener.close()
            try await group.waitForAll()
        }
    }

    @Test("a browser gets a page, in which nothing of the address is markup")
    func page() async throws {
        try await Self.run { listener in
            let answer = try await Self.get(
                listener.port,
                "/auth/callback?code=%3Cscript%3E%22&state=a+b&error=%3Cimg%3E&error_description=%3Cx%3E"
            )
            #expect(answer.status == 200)
            #expect(answer.body.contains("other &lt;b&gt;") && answer.body.contains("a b"))
            #expect(answer.body.contains("&lt;script&gt;&quot;"))
            #expect(!answer.body.contains("<script") && !answer.body.contains("<img") && !answer.body.contains("<x>"))
            #expect(answer.policy?.contains("default-src 'none'") == true)
        }
    }

    @Test("other paths and methods, and addresses that cannot be read")
    func refusals() async throws {
        try await Self.run { listener in
            #expect(try await Self.get(listener.port, "/").status == 404)
            #expect(try await Self.get(listener.port, "/auth/callback/x?code=1").status == 404)
            #expect(try await Self.get(listener.port, "/auth/callback", method: "POST").status == 405)
            for query in ["?code=a&code=b", "?state=%FF", "?code=" + String(repeating: "a", count: 9000)] {
                let answer = try await Self.get(listener.port, "/auth/callback" + query)
                #expect(answer.status == 200 && answer.body.contains("cannot be read"), "\(query.prefix(20))")
            }
        }
    }

    @Test("escapes that are none make no query", arguments: ["code=%zz", "code=%", "code=%4", "code=%+1", "%FF=1"])
    func escapes(query: String) {
        #expect(URLText.query(query[...]) == nil)
    }

    @Test("a port that is taken is told as that, and a closed listener frees its own")
    func ports() async throws {
        let first = try await CallbackListener.bind(port: 0)
        await #expect(throws: CallbackListener.Failure.portInUse(first.port)) {
            try await CallbackListener.bind(port: first.port)
        }
        await first.close()
        let second = try await CallbackListener.bind(port: first.port)
        await second.close()
    }
}
