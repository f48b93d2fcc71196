import Foundation
import HTTPTypes
import JSONText
import OctobotAPI
import OctobotModel
import Testing

@Suite("The OpenAPI document")
struct OpenAPITests {
    private let document = OpenAPI.document(version: "0.1.0").value
    private let routes = RESTRoute.all(of: Operations.all)

    @Test("the committed file is what the declarations generate")
    func committed() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../rpc-schema/openapi.json").standardized
        let generated = Data(try OpenAPI.text(version: "0.1.0"))
        if ProcessInfo.processInfo.environment["OCTOBOT_WRITE_SCHEMA"] == "1" { try generated.write(to: file) }
        #expect(
            try Data(contentsOf: file) == generated,
            "write it again: octobotd schema --openapi > rpc-schema/openapi.json"
        )
    }

    @Test("it fits what system.openapi declares")
    func declared() throws {
        try SystemOpenAPI.Result.schema.validate(document, mode: .exact)
    }

    @Test("every route is there, and nothing else")
    func complete() throws {
        let paths = try #require(document["paths"]?.objectValue)
        let described = paths.flatMap { path, item in
            (item.objectValue ?? [:]).keys.map { "\($0.uppercased()) \(path)" }
        }
        let bound = Operations.all.flatMap(\.http).map { "\($0.method.rawValue) \($0.path)" }
        #expect(described.sorted() == bound.sorted())
    }

    @Test("ids are unique, and every entry says who may call it and how it can end")
    func entries() throws {
        #expect(Set(routes.map(\.id)).count == routes.count)
        for route in routes {
            let path = route.binding.path
            let entry = try #require(document["paths"]?[path]?[route.binding.method.rawValue.lowercased()])
            #expect(entry["summary"] != nil && entry["x-access"] != nil && entry["x-method"] != nil, "\(path)")
            let answers = try #require(entry["responses"]?.objectValue)
            #expect(answers["\(route.binding.success)"] != nil, "\(path)")
            for kind in route.operation.errors { #expect(answers["\(kind.wire.status)"] != nil, "\(path) \(kind)") }
            let inPath = route.parameters.filter { $0.place == .path }
            #expect(inPath.map(\.name) == route.binding.pathParameters && inPath.allSatisfy(\.isRequired), "\(path)")
        }
    }

    @Test("every example fits its schema", arguments: RESTRoute.all(of: Operations.all).map(\.id))
    func examples(id: String) throws {
        let route = try #require(routes.first { $0.id == id })
        for parameter in route.parameters {
            guard let example = parameter.example else { continue }
            try parameter.schema.validate(example, mode: .exact)
        }
        if let body = route.body { try body.schema.validate(body.example, mode: .ignoringUnknown) }
        for answer in route.answers {
            guard let example = answer.example else { continue }
            try #require(answer.schemas.first).validate(example, mode: .exact)
        }
        if let stream = route.operation.stream, let item = route.answers.first?.item,
            route.binding.path.contains("events")
        {
            try item.validate(stream.exampleItem, mode: .exact)
        }
    }

    @Test("a route that answers with JSON shows an example of it")
    func shownExamples() {
        for route in routes {
            guard let answer = route.answers.first, answer.contentType == "application/json" else { continue }
            #expect(answer.example != nil && !answer.schemas.isEmpty, "\(route.id)")
        }
    }

    @Test("every reference leads somewhere, and every component is used")
    func references() throws {
        var used: Set<String> = []
        for value in Self.all(document) {
            guard let reference = value["$ref"]?.stringValue else { continue }
            used.insert(reference)
            let path = reference.split(separator: "/").dropFirst().map(String.init)
            #expect(path.reduce(Optional(document)) { $0?[$1] } != nil, "\(reference)")
        }
        for kind in ["schemas", "responses", "headers"] {
            for name in try #require(document["components"]?[kind]?.objectValue).keys {
                #expect(used.contains("#/components/\(kind)/\(name)"), "\(name)")
            }
        }
    }

    @Test("lists can be read page by page")
    func pages() {
        for route in routes where route.binding.showsList {
            let hasPages = route.operation.parameters.contains { $0.name == "limit" }
            let names = route.parameters.map(\.name)
            #expect(names.contains("limit") == hasPages && names.contains("cursor") == hasPages, "\(route.id)")
        }
    }

    @Test("what HTTP ignores is no mistake in the document")
    func tolerance() throws {
        let paths = "/api/projects/{projectId}/workspaces/{workspaceId}"
        let body = document["paths"]?[paths]?["put"]?["requestBody"]?["content"]?["application/json"]?["schema"]
        #expect(body != nil)
        for value in Self.all(document) { #expect(value["additionalProperties"] != false) }
    }

    /// `value` and everything in it.
    private static func all(_ value: JSONValue) -> [JSONValue] {
        switch value {
        case .array(let elements): [value] + elements.flatMap(all)
        case .object(let members): [value] + members.values.flatMap(all)
        default: [value]
        }
    }
}
