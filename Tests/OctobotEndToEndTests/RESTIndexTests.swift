import Foundation
import JSONText
import OctobotAPI
import OctobotTestSupport
import Testing

/// The index of the REST contract (rest-api.md §25), asked of a running daemon.
@Suite("the index of the REST contract", .timeLimit(.minutes(3)))
struct RESTIndexTests {
    @Test("every endpoint of the contract's index is described")
    func index() throws {
        let document = OpenAPI.document(version: "0.1.0").value
        #expect(RESTIndex.rows.count == 95 && RESTIndex.rows.filter(\.isCore).count == 83)
        for row in RESTIndex.rows where !RESTIndex.awaited.contains(row.name) {
            #expect(document["paths"]?[row.path]?[row.method.lowercased()] != nil, "\(row.name)")
        }
        for name in RESTIndex.awaited { #expect(RESTIndex.rows.contains { $0.name == name }, "\(name)") }
    }

    @Test("every endpoint is served, in the answers its document promises")
    func core() async throws {
        try await withDaemon { daemon in
            let browser = Browser(base: try await daemon.gateway())
            let document = try await browser.send("GET", "/openapi.json").json
            for row in RESTIndex.rows where !RESTIndex.awaited.contains(row.name) {
                let promised = document["paths"]?[row.path]?[row.method.lowercased()]?["responses"]?.objectValue
                let statuses = try #require(promised, "\(row.name)").keys
                // An event stream does not end by itself, and GitHub is not to be asked by tests.
                if row.path.hasSuffix("/events") || row.path.hasSuffix("/device-code") { continue }
                let path = row.path.replacing("{projectId}", with: "local")
                    .replacing(/\{[A-Za-z]+\}/, with: "nothing")
                // Nothing that would delete what the other rows need.
                guard path != "/api/projects/local" || row.method == "GET" else { continue }
                let answer = try await browser.send(row.method, path, row.method == "GET" ? nil : [:])
                #expect(statuses.contains("\(answer.status)"), "\(row.name): \(answer.status) \(answer.text)")
                #expect(answer.status < 500, "\(row.name): \(answer.status) \(answer.text)")
                #expect(answer.json["code"] != "MethodNotFound", "\(row.name)")
                if answer.status >= 400 { #expect(answer.json["error"]?.stringValue != nil, "\(row.name)") }
            }
        }
    }

    @Test("a path answers with the methods of its document and refuses every other with Allow")
    func methods() async throws {
        try await withDaemon { daemon in
            let browser = Browser(base: try await daemon.gateway())
            let document = try await browser.send("GET", "/openapi.json").json
            for (path, item) in try #require(document["paths"]?.objectValue) {
                let concrete = path.replacing("{projectId}", with: "local").replacing(/\{[A-Za-z]+\}/, with: "nothing")
                let served = Set(try #require(item.objectValue).keys.map { $0.uppercased() })
                var allowed = served.union(["OPTIONS"])
                if served.contains("GET") { allowed.insert("HEAD") }
                let options = try await browser.send("OPTIONS", concrete)
                #expect(options.status == 200 && options.fields["allow"] == allowed.sorted().joined(separator: ", "))
                for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"] where !served.contains(method) {
                    let answer = try await browser.send(method, concrete)
                    #expect(
                        answer.status == 405 && answer.fields["allow"] == options.fields["allow"],
                        "\(method) \(path)"
                    )
                }
            }
        }
    }

    @Test("the page for people has every route and nothing that runs or comes from elsewhere")
    func page() async throws {
        try await withDaemon { daemon in
            let browser = Browser(base: try await daemon.gateway())
            let answer = try await browser.send("GET", "/docs")
            #expect(answer.status == 200 && answer.fields["content-type"] == "text/html; charset=utf-8")
            let policy = try #require(answer.fields["content-security-policy"])
            #expect(policy.hasPrefix("default-src 'none'; style-src 'nonce-"))
            for route in RESTRoute.all(of: Operations.all) {
                #expect(answer.text.contains("<code>\(route.binding.path)</code>"), "\(route.binding.path)")
            }
            for forbidden in ["<script", "<img", "src=\"", " style=", "href=\"http"] {
                #expect(!answer.text.contains(forbidden), "\(forbidden)")
            }
            #expect(try await browser.send("HEAD", "/docs").body.isEmpty)
        }
    }
}
