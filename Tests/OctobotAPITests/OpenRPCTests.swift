import Foundation
import JSONText
import OctobotAPI
import OctobotModel
import Testing

@Suite("The OpenRPC document")
struct OpenRPCTests {
    private let document = OpenRPC.document(version: "0.1.0").value

    @Test("the committed file is what the declarations generate")
    func committed() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../rpc-schema/openrpc.json").standardized
        let generated = Data(try OpenRPC.text(version: "0.1.0"))
        if ProcessInfo.processInfo.environment["OCTOBOT_WRITE_SCHEMA"] == "1" { try generated.write(to: file) }
        #expect(
            try Data(contentsOf: file) == generated,
            "write it again: octobotd schema > rpc-schema/openrpc.json"
        )
    }

    @Test("the same version gives the same bytes")
    func stable() throws {
        #expect(try OpenRPC.text(version: "1") == OpenRPC.text(version: "1"))
    }

    @Test("the document fits what rpc.discover declares")
    func discover() throws {
        try RPCDiscover.Result.schema.validate(document, mode: .exact)
    }

    @Test("every method is there once, with all its extensions")
    func methods() throws {
        let methods = try #require(document["methods"]?.arrayValue)
        #expect(methods.compactMap { $0["name"]?.stringValue } == Operations.all.map(\.name))
        for (method, operation) in zip(methods, Operations.all) {
            #expect(method["paramStructure"] == "by-name")
            #expect(method["params"]?.arrayValue?.count == operation.parameters.count)
            #expect(method["errors"]?.arrayValue?.count == operation.errors.count)
            #expect(method["result"]?["schema"] != nil)
            #expect(method["x-access"]?.stringValue != nil)
            #expect(method["x-since"]?.stringValue != nil)
            #expect(method["x-idempotent"]?.boolValue != nil)
            #expect(method["x-durable"]?.boolValue != nil)
            #expect((method["x-items"] != nil) == (operation.stream != nil))
            #expect((method["x-http"]?.arrayValue?.count ?? 0) == operation.http.count)
            let names = try #require(method["params"]?.arrayValue).compactMap { $0["name"]?.stringValue }
            #expect(Set(names).count == names.count)
        }
    }

    @Test("only the extensions that were agreed are used")
    func extensions() {
        var found: Set<String> = []
        for value in Self.all(document) {
            for name in value.objectValue?.keys.filter({ $0.hasPrefix("x-") }) ?? [] { found.insert(name) }
        }
        #expect(
            found == [
                "x-access", "x-http", "x-items", "x-since", "x-idempotent", "x-durable", "x-serial",
                "x-notification",
            ]
        )
    }

    @Test("every reference leads somewhere, and every component is used")
    func references() throws {
        var used: Set<String> = []
        for value in Self.all(document) {
            guard let reference = value["$ref"]?.stringValue else { continue }
            used.insert(reference)
            let path = reference.split(separator: "/").dropFirst().map(String.init)
            #expect(reference.hasPrefix("#/components/"))
            #expect(path.reduce(Optional(document)) { $0?[$1] } != nil, "\(reference)")
        }
        let schemas = try #require(document["components"]?["schemas"]?.objectValue)
        let unused = schemas.keys.filter { !used.contains("#/components/schemas/\($0)") }
        #expect(unused == ["GoAwayNotice"], "only what no method names may stand alone")
    }

    @Test("names of components belong to one type each")
    func componentNames() {
        var types: [String: ObjectIdentifier] = [:]
        for operation in Operations.all {
            for component in operation.paramsSchema.components + operation.answerSchema.components
                + (operation.stream?.itemSchema.components ?? [])
            {
                let id = ObjectIdentifier(component)
                #expect(types[component.schemaName, default: id] == id, "\(component.schemaName) is two types")
                types[component.schemaName] = id
            }
        }
        #expect(types.count > 30)
    }

    @Test("errors carry the numbers of the protocol")
    func errors() throws {
        let errors = try #require(document["components"]?["errors"]?.objectValue)
        #expect(errors.count == FaultKind.allCases.count)
        for kind in FaultKind.allCases {
            #expect(errors[kind.rawValue]?["code"] == .integer(Int64(kind.wire.code)))
            #expect(errors[kind.rawValue]?["x-http"]?["status"] == .integer(Int64(kind.wire.status)))
        }
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
