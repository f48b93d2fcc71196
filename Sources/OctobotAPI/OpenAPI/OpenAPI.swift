import Foundation
import HTTPTypes
import JSONText
import OctobotModel

/// Makes the OpenAPI document from the declarations.
package enum OpenAPI {
    /// The document of `operations` as a daemon of this version serves them over HTTP.
    package static func document(version: String, operations: [AnyOperation] = Operations.all) -> OpenAPIDocument {
        let routes = RESTRoute.all(of: operations)
        return OpenAPIDocument([
            "openapi": "3.1.0",
            "info": [
                "title": "Octobot",
                "version": .string(version),
                "description": """
                Runs coding agents in sandboxes over git workspaces. Every route is also a method of the unix socket \
                (`GET /api/routes`, rpc.discover). `HEAD` is answered like `GET`, without a body; `OPTIONS` names the \
                methods of a path; any other method is 405 with `Allow`. Clients ignore members and cope with enum \
                values that they do not know; unknown members of a request are ignored, those that differ from a known \
                one in letter case only are refused. Times are UTC with milliseconds.
                """,
            ],
            "servers": [["url": "/"]],
            "tags": .array(groups(of: routes).map { ["name": .string($0)] }),
            "paths": .object(paths(of: routes)),
            "components": [
                "schemas": .object(schemas(of: routes)),
                "responses": .object(errors(of: routes)),
                "headers": [
                    "RequestId": [
                        "description": "Names the request; the client’s own, if it sent a sane one.",
                        "schema": ["type": "string"],
                    ]
                ],
            ],
        ])
    }

    /// The document as it is committed and served: indented, members sorted, with a final newline.
    package static func text(version: String, operations: [AnyOperation] = Operations.all) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(document(version: version, operations: operations))) + [UInt8(ascii: "\n")]
    }

    private static func groups(of routes: [RESTRoute]) -> [String] {
        routes.reduce(into: []) { groups, route in
            if !groups.contains(route.group) { groups.append(route.group) }
        }
    }

    private static func paths(of routes: [RESTRoute]) -> [String: JSONValue] {
        var paths: [String: [String: JSONValue]] = [:]
        for route in routes {
            paths[route.binding.path, default: [:]][route.binding.method.rawValue.lowercased()] = entry(of: route)
        }
        return paths.mapValues { .object($0) }
    }

    private static func schemas(of routes: [RESTRoute]) -> [String: JSONValue] {
        let used = routes.flatMap { route in
            route.parameters.map(\.schema) + (route.body.map { [$0.schema] } ?? [])
                + route.answers.flatMap { $0.schemas + ($0.item.map { [$0] } ?? []) }
        }
        let components = ([.reference(to: RESTError.self)] + used).flatMap(\.components)
        return Dictionary(
            components.map { ($0.schemaName, $0.definition.ignoringUnknownMembers.document) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// One answer for each status an error can have, for all routes alike.
    private static func errors(of routes: [RESTRoute]) -> [String: JSONValue] {
        let statuses = Set(routes.flatMap(\.errorStatuses))
        return Dictionary(
            statuses.map { status in
                let example: JSONValue = [
                    "error": .string(ErrorStatus.description(of: status)),
                    "code": .string(ErrorStatus.kind(of: status)),
                    "requestId": "8a1f0c52d3b94e67",
                ]
                let answer: JSONValue = [
                    "description": .string(ErrorStatus.description(of: status)),
                    "headers": ["X-Request-Id": ["$ref": "#/components/headers/RequestId"]],
                    "content": [
                        "application/json": ["schema": ["$ref": "#/components/schemas/Error"], "example": example]
                    ],
                ]
                return ("Error\(status)", answer)
            },
            uniquingKeysWith: { first, _ in first }
        )
    }
}
