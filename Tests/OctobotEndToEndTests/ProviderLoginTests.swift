import Foundation
import JSONText
import OctobotTestSupport
import Testing

/// Logins at providers over REST and the socket, with a stand-in for the providers.
@Suite("logins at providers, end to end", .serialized, .timeLimit(.minutes(3)))
struct ProviderLoginTests {
    private static let base = "/api/projects/local/credentials"

    private func run(_ body: (StandInProvider, TestDaemon, Browser) async throws -> Void) async throws {
        try await StandInProvider.run { provider in
            try await withDaemon(["OCTOBOT_PROVIDER_STAND_IN": provider.url]) { daemon in
                try await body(provider, daemon, Browser(base: try await daemon.gateway()))
            }
        }
    }

    @Test("a browser client logs in at all three providers; no secret is in an answer, a log or the database")
    func flows() async throws {
        try await run { provider, daemon, browser in
            let base = Self.base
            let begun = try await browser.send("POST", base + "/anthropic/authorize")
            #expect(begun.status == 200, "\(begun.text)")
            #expect(begun.json["codeChallengeMethod"] == "S256")
            let (code, state) = try provider.agree(to: try #require(begun.json["url"]?.stringValue))
            let end = try await browser.send(
                "POST",
                base + "/anthropic/exchange",
                ["code": .string("\(code)#\(state)"), "verifier": begun.json["verifier"] ?? .null]
            )
            #expect(end.status == 200 && end.json["success"] == true, "\(end.text)")
            #expect(end.json["expiresIn"] == 3600 && end.json["expiresAt"]?.stringValue != nil)
            #expect(end.json["credential"]?["name"] == "Anthropic OAuth")
            #expect(end.json["credential"]?["authType"] == "oauth")

            let device = try await browser.send("POST", base + "/github-copilot/device-code", ["enterpriseUrl": ""])
            #expect(device.status == 200 && device.json["domain"] == "github.com", "\(device.text)")
            let deviceCode = try #require(device.json["deviceCode"]?.stringValue)
            let poll: JSONValue = ["deviceCode": .string(deviceCode), "domain": "github.com"]
            let pending = try await browser.send("POST", base + "/github-copilot/poll", poll)
            #expect(pending.status == 202 && pending.json["status"] == "pending", "\(pending.text)")
            #expect(pending.json["error"] == "authorization_pending")
            provider.settle(deviceCode, .approved)
            let done = try await browser.send("POST", base + "/github-copilot/poll", poll)
            #expect(done.status == 200 && done.json["status"] == "success", "\(done.text)")
            #expect(done.json["credential"]?["provider"] == "github-copilot")

            let listener = try LoopbackListener()
            let callback = "http://localhost:\(listener.port)/auth/callback"
            let codex = try await browser.send("POST", base + "/codex/authorize", ["redirectUri": .string(callback)])
            #expect(codex.status == 200 && codex.json["listening"] == false, "\(codex.text)")
            let (second, _) = try provider.agree(to: try #require(codex.json["url"]?.stringValue))
            let stored = try await browser.send(
                "POST",
                base + "/codex/exchange",
                [
                    "code": .string(second), "verifier": codex.json["verifier"] ?? .null,
                    "redirectUri": .string(callback),
                ]
            )
            #expect(stored.status == 200 && stored.json["success"] == true, "\(stored.text)")
            withExtendedLifetime(listener) {}

            let list = try await browser.send("GET", base)
            let providers = list.json["credentials"]?.arrayValue?.compactMap { $0["provider"]?.stringValue }
            #expect(providers?.sorted() == ["anthropic", "codex", "github-copilot"])

            let fresh = try await browser.send("POST", base + "/anthropic/refresh")
            #expect(fresh.status == 200 && fresh.json["success"] == true, "\(fresh.text)")

            for text in [begun, end, device, done, codex, stored, list, fresh].map(\.text) + [daemon.log] {
                for secret in ["access-", "refresh-1", "refresh-2"] { #expect(!text.contains(secret)) }
                #expect(!text.contains(code))
            }
            let data = daemon.folder.appending(path: "data/octobot")
            for name in ["octobot.db", "octobot.db-wal"] {
                let bytes = try Data(contentsOf: data.appending(path: name))
                for secret in ["access-1", "access-gh-", "refresh-1"] {
                    #expect(bytes.range(of: Data(secret.utf8)) == nil, "\(secret) is in \(name)")
                }
            }
        }
    }

    @Test("what is missing, refused or expired has the status the contract names")
    func refusals() async throws {
        try await run { provider, _, browser in
            let base = Self.base
            func post(_ path: String, _ body: JSONValue) async throws -> Browser.Answer {
                try await browser.send("POST", base + path, body)
            }
            #expect(try await post("/anthropic/exchange", [:]).status == 400)
            #expect(try await post("/anthropic/exchange", ["code": "x"]).status == 400)
            #expect(try await post("/codex/exchange", ["code": "x"]).status == 400)
            #expect(try await post("/codex/authorize", ["redirectUri": "http://example.com/"]).status == 400)
            #expect(try await post("/github-copilot/poll", [:]).status == 400)
            #expect(try await post("/github-copilot/poll", ["deviceCode": "x"]).status == 410)
            let denied = try await post("/github-copilot/device-code", [:])
            let code = denied.json["deviceCode"]?.stringValue ?? ""
            provider.settle(code, .denied)
            #expect(try await post("/github-copilot/poll", ["deviceCode": .string(code)]).status == 403)
            let begun = try await post("/anthropic/authorize", [:])
            let refused = try await post(
                "/anthropic/exchange",
                ["code": "guess", "verifier": begun.json["verifier"] ?? .null]
            )
            #expect(refused.status == 200 && refused.json["success"] == false, "\(refused.text)")
            #expect(refused.json["error"]?.stringValue?.isEmpty == false)
            provider.fail(.answer(status: 503, body: "canary"))
            let away = try await post("/github-copilot/device-code", [:])
            #expect(away.status == 502 && !away.text.contains("canary"), "\(away.text)")
        }
    }

    @Test("octoctl logs in at Anthropic with the code on standard input")
    func octoctl() async throws {
        try await run { provider, daemon, _ in
            func octoctl(_ arguments: [String], input: String) async throws -> Command.Result {
                try await Command.run(
                    Products.octoctl,
                    arguments,
                    environment: daemon.environment,
                    input: input
                )
            }
            let peer = try daemon.connect()
            let begun = try await peer.call("credential.authorizeAnthropic", [:])
            let (code, state) = try provider.agree(to: try #require(begun["url"]?.stringValue))
            let verifier = try #require(begun["verifier"]?.stringValue)
            let done = try await octoctl(
                ["credential", "exchange-anthropic", "--verifier", verifier, "-o", "json"],
                input: "\(code)#\(state)\n"
            )
            #expect(done.status == 0, "\(done)")
            let list = try await octoctl(["credential", "list"], input: "")
            #expect(list.output.contains("Anthropic OAuth") && !list.output.contains("access-"))
        }
    }
}
