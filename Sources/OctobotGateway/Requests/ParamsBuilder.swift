import JSONText
import OctobotAPI
import OctobotModel

/// Makes the params of an operation from path, query and body of a request.
struct ParamsBuilder {
    let route: Route

    /// - Parameters:
    ///   - values: The values of the path parameters, in the template's order.
    ///   - body: The bytes of the body; not looked at unless the binding says it is JSON.
    func params(path values: [String], target: RequestTarget, body: [UInt8]) throws(Fault) -> JSONValue {
        var members = route.binding.defaults
        if case .json = route.binding.body, !(body.isEmpty && route.binding.bodyIsOptional) {
            for (name, value) in try Self.members(of: body) {
                if let member = try declared(name), shouldKeep(name, value, member) { members[name] = value }
            }
        }
        for parameter in route.binding.query {
            guard let name = parameter.member else { continue }
            if isList(name) {
                let values = target.query.filter { $0.name == parameter.name }.map { JSONValue.string($0.value) }
                if !values.isEmpty { members[name] = .array(values) }
            } else if let text = try target.value(of: parameter.name),
                !(text.isEmpty && route.binding.ignoredWhenEmpty.contains(name))
            {
                members[name] = try value(of: text, for: name)
            }
        }
        for (name, value) in zip(route.binding.pathParameters, values) { members[name] = .string(value) }
        return .object(members)
    }

    /// The members of a body that must be a JSON object; `null` counts as an empty one (rest-api.md §1.7).
    static func members(of body: [UInt8]) throws(Fault) -> [String: JSONValue] {
        let value: JSONValue
        do throws(JSONScanError) {
            value = try JSONValue(parsing: body)
        } catch {
            throw Fault(
                .parseError,
                "Invalid request body: \(error).",
                details: ["offset": .integer(Int64(error.offset))]
            )
        }
        switch value {
        case .object(let members): return members
        case .null: return [:]
        default:
            throw .invalidParams("The body must be a JSON object.", pointer: "", rule: "type", expected: "object")
        }
    }

    /// The declared member a name of the body means; `nil` for unknown ones, which are not looked at.
    ///
    /// - Throws: `InvalidParams` for a name that differs in letter case only: it would be dropped in silence (decision 47).
    private func declared(_ name: String) throws(Fault) -> JSONSchema.Member? {
        let parameters = route.operation.parameters
        if let member = parameters.first(where: { $0.name == name }) { return name == "_meta" ? nil : member }
        if let near = parameters.first(where: { $0.name.lowercased() == name.lowercased() }) {
            throw .invalidParams(
                "The member is spelled '\(near.name)'.",
                pointer: "/\(name)",
                rule: "additionalProperties",
                expected: near.name,
                got: name
            )
        }
        return nil
    }

    private func shouldKeep(_ name: String, _ value: JSONValue, _ member: JSONSchema.Member) -> Bool {
        if value.isNull, !member.schema.isNullable { return false }
        return !(value == "" && route.binding.ignoredWhenEmpty.contains(name))
    }

    /// Whether the parameter may be given more than once.
    private func isList(_ name: String) -> Bool {
        guard case .array = route.operation.parameters.first(where: { $0.name == name })?.schema.kind else {
            return false
        }
        return true
    }

    private func value(of text: String, for name: String) throws(Fault) -> JSONValue {
        guard let schema = route.operation.parameters.first(where: { $0.name == name })?.schema else {
            return .string(text)
        }
        switch schema.kind {
        case .boolean:
            switch text {
            case "true", "1", "": return true
            case "false", "0": return false
            default:
                throw .invalidParams(
                    "'\(name)' must be true or false.",
                    pointer: "/\(name)",
                    rule: "type",
                    expected: "boolean",
                    got: String(text.prefix(100))
                )
            }
        case .integer:
            // As JSON writes integers: no plus sign, no leading zeros.
            guard let number = Int64(text), String(number) == text else { return .string(text) }
            return .integer(number)
        default: return .string(text)
        }
    }
}

extension JSONSchema {
    /// Whether `null` is a value of its own here rather than the same as absent.
    fileprivate var isNullable: Bool {
        switch kind {
        case .any, .nullable: true
        default: false
        }
    }
}
