import JSONText
import OctobotModel

extension OpenAPI {
    /// One method of a path.
    static func entry(of route: RESTRoute) -> JSONValue {
        let operation = route.operation
        var members: [String: JSONValue] = [
            "operationId": .string(route.id),
            "summary": .string(operation.summary),
            "description": .string(operation.description),
            "tags": [.string(route.group)],
            "responses": .object(responses(of: route)),
            "x-access": .string(operation.access.rawValue),
            "x-method": .string(operation.name),
            "x-faults": .array(operation.errors.map { .string($0.rawValue) }),
            "x-idempotent": .bool(operation.isIdempotent),
            "x-durable": .bool(operation.isDurable),
            "x-since": .string(operation.since),
        ]
        if !route.parameters.isEmpty { members["parameters"] = .array(route.parameters.map(parameter)) }
        if let body = route.body {
            members["requestBody"] = [
                "required": .bool(body.isRequired),
                "content": ["application/json": ["schema": body.schema.document, "example": body.example]],
            ]
        }
        return .object(members)
    }

    private static func parameter(_ parameter: RESTRoute.Parameter) -> JSONValue {
        var schema = parameter.schema
        schema.description = nil
        var members: [String: JSONValue] = [
            "name": .string(parameter.name), "in": .string(parameter.place.rawValue),
            "required": .bool(parameter.isRequired),
            "schema": parameter.place == .query ? text(schema) : schema.document,
        ]
        members["description"] = parameter.schema.description.map { .string($0) }
        members["example"] = parameter.example
        return .object(members)
    }

    /// A query has text only: what else stands for true and false there.
    private static func text(_ schema: JSONSchema) -> JSONValue {
        guard case .boolean = schema.kind else { return schema.document }
        var members: [String: JSONValue] = ["anyOf": [["type": "boolean"], ["enum": ["1", "0", ""]]]]
        members["default"] = schema.defaultValue
        return .object(members)
    }

    private static func responses(of route: RESTRoute) -> [String: JSONValue] {
        var responses: [String: JSONValue] = [:]
        for status in route.errorStatuses {
            responses["\(status)"] = ["$ref": .string("#/components/responses/Error\(status)")]
        }
        for answer in route.answers { responses["\(answer.status)"] = response(answer) }
        return responses
    }

    private static func response(_ answer: RESTRoute.Answer) -> JSONValue {
        var members: [String: JSONValue] = ["description": .string(answer.description)]
        if answer.status != 101 {
            members["headers"] = ["X-Request-Id": ["$ref": "#/components/headers/RequestId"]]
        }
        guard let type = answer.contentType else { return .object(members) }
        var content: [String: JSONValue] = ["schema": answer.item == nil ? body(answer.schemas) : streamed]
        content["example"] = answer.example
        if let item = answer.item { content["x-items"] = item.document }
        members["content"] = [type: .object(content)]
        return .object(members)
    }

    /// An event of a stream, as its lines make it (HTML §9.2.6).
    private static let streamed: JSONValue = [
        "type": "object", "description": "One event; the content is any number of them.", "required": ["data"],
        "properties": [
            "id": ["type": "string", "description": "The cursor to go on after."],
            "event": ["type": "string", "description": "Which event it is; absent for chunks."],
            "data": ["type": "string", "description": "JSON, or `[DONE]` at the end of a turn."],
        ],
    ]

    private static func body(_ schemas: [JSONSchema]) -> JSONValue {
        switch schemas.count {
        case 0: ["type": "string"]
        case 1: schemas[0].document
        default: ["anyOf": .array(schemas.map(\.document))]
        }
    }
}
