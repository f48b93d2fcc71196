import HTTPTypes
package import JSONText
import OctobotModel

/// A REST route with everything that is known about its requests and answers: what the OpenAPI document is made of.
package struct RESTRoute: Sendable {
    /// A value in the path, the query or the header.
    package struct Parameter: Sendable {
        package enum Place: String, Sendable {
            case path, query, header
        }

        package var name: String
        package var place: Place
        package var schema: JSONSchema
        package var isRequired: Bool
        package var example: JSONValue?
    }

    /// What a request carries after its header.
    package struct Body: Sendable {
        package var schema: JSONSchema
        package var isRequired: Bool
        package var example: JSONValue
    }

    /// One way in which a request is answered.
    package struct Answer: Sendable {
        package var status: Int
        package var description: String
        package var contentType: String?
        /// The shapes the body can have; none where the content is no JSON.
        package var schemas: [JSONSchema]
        /// Fits the first of the shapes.
        package var example: JSONValue?
        /// What the `data` of the answer's events is, where it is a stream of them.
        package var item: JSONSchema?

        package init(
            _ status: Int,
            _ description: String,
            contentType: String? = "application/json",
            schemas: [JSONSchema] = [],
            example: JSONValue? = nil,
            item: JSONSchema? = nil
        ) {
            self.status = status
            self.description = description
            self.contentType = contentType
            self.schemas = schemas
            self.example = example
            self.item = item
        }
    }

    package let operation: AnyOperation
    package let binding: HTTPBinding
    /// Names the route in the document; no two routes share it.
    package let id: String
    package let group: String
    package let parameters: [Parameter]
    package let body: Body?
    /// The successful answers; errors are ``errorStatuses``.
    package let answers: [Answer]

    /// Every route of `operations`, in the order of the declarations.
    package static func all(of operations: [AnyOperation]) -> [RESTRoute] {
        operations.flatMap { operation in
            operation.http.indices.map { RESTRoute(operation, at: $0) }
        }
    }

    private init(_ operation: AnyOperation, at index: Int) {
        let binding = operation.http[index]
        self.operation = operation
        self.binding = binding
        id = index == 0 ? operation.name : "\(operation.name).\(index + 1)"
        group = operation.group(of: binding)
        parameters =
            binding.pathParameters.map { operation.pathParameter($0, of: binding) }
            + binding.query.map { operation.queryParameter($0, of: binding) } + operation.headerParameters(of: binding)
        body = operation.restBody(of: binding)
        answers = operation.restAnswers(of: binding)
    }

    /// The statuses of its errors: those of its faults, and those any request can end in.
    package var errorStatuses: [Int] {
        var statuses = Set(operation.errors.map(\.wire.status)).union([400, 403, 408, 413, 415, 421, 431, 503])
        // A revision git does not know is no syntax error (rest-api.md §26.2, H1).
        if operation.noun == "git" { statuses.insert(422) }
        statuses.formUnion(HandwrittenRoute.errorStatuses(of: binding))
        return statuses.subtracting(answers.map(\.status)).sorted()
    }
}

extension AnyOperation {
    fileprivate func pathParameter(_ name: String, of binding: HTTPBinding) -> RESTRoute.Parameter {
        let declared = parameters.first { $0.name == name }?.schema ?? .identifier.described("Names the object.")
        let schema = HandwrittenRoute.path(name, of: binding) ?? declared
        return RESTRoute.Parameter(
            name: name,
            place: .path,
            schema: schema.asText,
            isRequired: true,
            example: name == "projectId" ? "local" : exampleParams[name] ?? .string(name)
        )
    }

    fileprivate func queryParameter(_ query: QueryParameter, of binding: HTTPBinding) -> RESTRoute.Parameter {
        guard let name = query.member, let member = parameters.first(where: { $0.name == name }) else {
            return RESTRoute.Parameter(
                name: query.name,
                place: .query,
                schema: HandwrittenRoute.query(query.name).asText,
                isRequired: false
            )
        }
        let schema = binding.ignoredWhenEmpty.contains(name) ? member.schema.orEmpty : member.schema
        return RESTRoute.Parameter(
            name: query.name,
            place: .query,
            schema: schema.asText,
            isRequired: member.isRequired && binding.defaults[name] == nil,
            example: exampleParams[name]
        )
    }

    fileprivate func headerParameters(of binding: HTTPBinding) -> [RESTRoute.Parameter] {
        var headers: [RESTRoute.Parameter] = []
        if stream != nil {
            headers.append(
                RESTRoute.Parameter(
                    name: "Last-Event-ID",
                    place: .header,
                    schema: JSONSchema.string.described(
                        "The `id` of the last event that was seen; reading goes on after it."
                    ),
                    isRequired: false
                )
            )
        }
        if errors.contains(.idempotencyConflict), binding.method != .get {
            headers.append(
                RESTRoute.Parameter(
                    name: "Idempotency-Key",
                    place: .header,
                    schema: .bytes(1...128)
                        .described("A repetition with the same key within 24 hours gets the first answer."),
                    isRequired: false
                )
            )
        }
        return headers
    }

    fileprivate func restBody(of binding: HTTPBinding) -> RESTRoute.Body? {
        guard case .json = binding.body else { return nil }
        if let body = HandwrittenRoute.body(of: binding) { return body }
        guard case .object(var rules) = paramsSchema.ignoringUnknownMembers.kind else { return nil }
        let elsewhere = Set(binding.pathParameters + binding.query.compactMap(\.member) + ["_meta", "projectId"])
        rules.members = rules.members.filter { !elsewhere.contains($0.name) }.map { member in
            var member = member
            if binding.ignoredWhenEmpty.contains(member.name) { member.schema = member.schema.orEmpty }
            member.isRequired = member.isRequired && binding.defaults[member.name] == nil
            if !member.isRequired { member.schema = member.schema.orNull }
            return member
        }
        let schema = JSONSchema(.object(rules))
        let needsMembers = rules.members.contains(where: \.isRequired) || !rules.exactlyOne.isEmpty
        return RESTRoute.Body(
            schema: needsMembers ? schema : schema.orNull,
            isRequired: !binding.bodyIsOptional,
            example: exampleBody(of: binding) ?? [:]
        )
    }
}
