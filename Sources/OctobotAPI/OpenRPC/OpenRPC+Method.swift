import HTTPTypes
import JSONText
import OctobotModel

extension OpenRPC {
    /// One entry of `methods`.
    static func method(_ operation: AnyOperation) -> JSONValue {
        var members: [String: JSONValue] = [
            "name": .string(operation.name),
            "summary": .string(operation.summary),
            "description": .string(operation.description),
            "tags": [["name": .string(operation.noun)]],
            "paramStructure": "by-name",
            "params": .array(operation.parameters.map(parameter)),
            "result": ["name": "result", "schema": operation.answerSchema.document],
            "errors": .array(operation.errors.map { ["$ref": .string("#/components/errors/\($0.rawValue)")] }),
            "examples": [example(of: operation)],
            "x-access": .string(operation.access.rawValue),
            "x-since": .string(operation.since),
            "x-idempotent": .bool(operation.isIdempotent),
            "x-durable": .bool(operation.isDurable),
        ]
        if !operation.http.isEmpty { members["x-http"] = .array(operation.http.map(route)) }
        if case .serial(let key) = operation.concurrency { members["x-serial"] = .string(key) }
        if operation.acceptsNotification { members["x-notification"] = true }
        if let stream = operation.stream {
            members["x-items"] = [
                "notification": .string(stream.notification),
                "params": JSONSchema.reference(to: StreamNotification.self).document,
                "schema": stream.itemSchema.document,
                "example": stream.exampleItem,
            ]
        }
        return .object(members)
    }

    private static func parameter(_ member: JSONSchema.Member) -> JSONValue {
        var schema = member.schema
        schema.description = nil
        var members: [String: JSONValue] = [
            "name": .string(member.name), "required": .bool(member.isRequired), "schema": schema.document,
        ]
        members["description"] = member.schema.description.map { .string($0) }
        return .object(members)
    }

    private static func example(of operation: AnyOperation) -> JSONValue {
        let params = operation.exampleParams
        let values = operation.parameters.compactMap { member -> JSONValue? in
            guard let value = params[member.name] else { return nil }
            return ["name": .string(member.name), "value": value]
        }
        return [
            "name": .string(operation.name),
            "params": .array(values),
            "result": ["name": "result", "value": operation.exampleResult],
        ]
    }

    private static func route(_ binding: HTTPBinding) -> JSONValue {
        var members: [String: JSONValue] = [
            "method": .string(binding.method.rawValue), "path": .string(binding.path),
            "status": .integer(Int64(binding.success)),
        ]
        if !binding.query.isEmpty { members["query"] = .array(binding.query.map { .string($0.name) }) }
        if case .json = binding.body { members["body"] = "application/json" }
        return .object(members)
    }
}
