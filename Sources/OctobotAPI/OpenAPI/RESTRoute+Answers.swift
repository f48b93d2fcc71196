import HTTPTypes
import JSONText

extension AnyOperation {
    /// How a binding shows the result, by its shape.
    func restAnswers(of binding: HTTPBinding) -> [RESTRoute.Answer] {
        let success: (JSONSchema, JSONValue) -> [RESTRoute.Answer] = { schema, example in
            [RESTRoute.Answer(binding.success, "Done.", schemas: [schema], example: example)]
        }
        let items = exampleResult["items"] ?? []
        let item = resultSchema.element(of: "items") ?? .any
        switch binding.shape {
        case .entity: return success(resultSchema, exampleResult)
        case .success: return success(.record(.success), ["success": true])
        case .successAndEntity:
            var example = exampleResult.objectValue ?? [:]
            example["success"] = true
            return success(JSONSchema(.extended(resultSchema, by: .success)), .object(example))
        case .list(let name), .page(let name):
            var example = [name: items]
            example["nextCursor"] = exampleResult["nextCursor"]
            return success(
                .record(.required(name, .array(of: item), "In the list’s order."), .nextCursor),
                .object(example)
            )
        case .array: return success(.array(of: item), items)
        case .element(let list, _):
            let element = resultSchema.element(of: list) ?? .any
            let unchanged = JSONSchema.record(
                .required("path", .string, "The file."),
                .required("status", JSONSchema(.constant("unchanged")), "It does not differ.")
            )
            return [
                RESTRoute.Answer(
                    binding.success,
                    "Done.",
                    schemas: [resultSchema, element, unchanged],
                    example: exampleResult
                )
            ]
        case .custom: return HandwrittenRoute.answers(of: binding, self)
        }
    }
}

extension JSONSchema.Member {
    static let success = required("success", .boolean, "Always true.")
    static let nextCursor = optional(
        "nextCursor",
        .cursor,
        "Continues the list; absent on the last page, and where no page was asked for."
    )
}
