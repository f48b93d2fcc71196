import Foundation
import JSONText
import OctobotModel

/// Makes the OpenRPC document from the declarations (rpc.md §1; decision 50).
package enum OpenRPC {
    /// The document of `operations` as a daemon of this version serves them.
    package static func document(
        version: String,
        operations: [AnyOperation] = Operations.all
    ) -> OpenRPCDocument {
        OpenRPCDocument([
            "openrpc": "1.3.2",
            "info": [
                "title": "Octobot",
                "version": .string(version),
                "description": """
                Runs coding agents in sandboxes over git workspaces. JSON-RPC 2.0 over a unix socket, params by name. \
                Clients ignore result members and cope with enum values that they do not know.
                """,
            ],
            "methods": .array(operations.map(method)),
            "components": [
                "schemas": .object(schemas(of: operations)),
                "errors": .object(
                    Dictionary(FaultKind.allCases.map { ($0.rawValue, error($0)) }) { first, _ in first }
                ),
            ],
        ])
    }

    /// The document as it is committed and printed: indented, members sorted, with a final newline.
    package static func text(version: String) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(document(version: version))) + [UInt8(ascii: "\n")]
    }

    private static func schemas(of operations: [AnyOperation]) -> [String: JSONValue] {
        let always = [
            JSONSchema.reference(to: StreamNotification.self), .reference(to: GoAwayNotice.self),
            .reference(to: ErrorObject.self),
        ]
        let used = operations.flatMap { operation in
            [operation.paramsSchema, operation.answerSchema] + (operation.stream.map { [$0.itemSchema] } ?? [])
        }
        let components = (always + used).flatMap(\.components)
        return Dictionary(components.map { ($0.schemaName, $0.definition.document) }) { first, _ in first }
    }

    private static func error(_ kind: FaultKind) -> JSONValue {
        [
            "code": .integer(Int64(kind.wire.code)),
            "message": .string(kind.rawValue),
            "data": ["type": .string(kind.rawValue), "retryable": .bool(kind.wire.isRetryable)],
            "x-http": ["status": .integer(Int64(kind.wire.status))],
        ]
    }
}
