import Foundation
package import JSONText
package import OctobotModel

/// An operation without its types: what tables and documents are made of.
package struct AnyOperation: Sendable {
    /// What a stream adds to an operation.
    package struct Stream: Sendable {
        package var notification: String
        private let schema: Lazy<JSONSchema>
        private var makeExample: @Sendable () -> JSONValue

        package var itemSchema: JSONSchema { schema.value }
        package var exampleItem: JSONValue { makeExample() }

        fileprivate init<Operation: StreamOperation>(_ operation: Operation.Type) {
            notification = operation.notification
            schema = Lazy { Operation.Item.schema }
            makeExample = { tree(of: Operation.exampleItem) }
        }
    }

    /// The declaration itself.
    package let declaration: any Operation.Type
    package let name: String
    package let summary: String
    package let description: String
    package let access: Access
    private let bindings: [HTTPBinding]
    /// Every fault a call can end in, each once, in the order of ``FaultKind``.
    package let errors: [FaultKind]
    package let concurrency: Concurrency
    package let isIdempotent: Bool
    package let isDurable: Bool
    package let acceptsNotification: Bool
    package let since: String
    private let schemas: Lazy<Schemas>
    /// `nil` for operations that are no stream.
    package let stream: Stream?
    private let makeExampleParams: @Sendable () -> JSONValue
    private let makeExampleResult: @Sendable () -> JSONValue

    package init<Declaration: Operation>(_ declaration: Declaration.Type) {
        self.init(declaration, stream: nil)
    }

    package init<Declaration: StreamOperation>(stream declaration: Declaration.Type) {
        self.init(declaration, stream: Stream(declaration))
    }

    private init<Declaration: Operation>(_ declaration: Declaration.Type, stream: Stream?) {
        self.declaration = declaration
        name = declaration.name
        summary = declaration.summary
        description = declaration.description
        access = declaration.access
        let possible = Set(declaration.errors).union(Self.commonErrors(access: declaration.access))
        errors = FaultKind.allCases.filter(possible.contains)
        concurrency = declaration.concurrency
        isIdempotent = declaration.isIdempotent
        isDurable = declaration.isDurable
        acceptsNotification = declaration.acceptsNotification
        since = declaration.since
        bindings = declaration.http
        // What can be told from a repetition with other params remembers its calls.
        let remembersCalls = possible.contains(.idempotencyConflict)
        schemas = Lazy { Schemas(declaration, remembersCalls: remembersCalls) }
        self.stream = stream
        makeExampleParams = { tree(of: Declaration.exampleParams) }
        makeExampleResult = { tree(of: Declaration.exampleResult) }
    }

    /// Made when it is first asked for, as are the other schemas: a start looks at hardly any.
    private struct Schemas: Sendable {
        var params: JSONSchema
        var result: JSONSchema
        var answer: JSONSchema

        init<Declaration: Operation>(_ declaration: Declaration.Type, remembersCalls: Bool) {
            params = Declaration.Params.schema.acceptingMeta()
            result = Declaration.Result.schema
            answer = remembersCalls ? result.carryingMeta() : result
        }
    }

    /// The params and `_meta`.
    package var paramsSchema: JSONSchema { schemas.value.params }
    package var resultSchema: JSONSchema { schemas.value.result }
    /// What a call on the socket is answered with: the result, with `_meta` where a call can be a repetition.
    package var answerSchema: JSONSchema { schemas.value.answer }

    package var http: [HTTPBinding] {
        bindings.map { $0.offeringPages(of: paramsSchema) }
    }

    package var exampleParams: JSONValue { makeExampleParams() }
    package var exampleResult: JSONValue { makeExampleResult() }

    /// The part of the name before the dot.
    package var noun: String { String(name.prefix { $0 != "." }) }

    /// The members of the params in their declared order, `_meta` last.
    package var parameters: [JSONSchema.Member] {
        guard case .object(let rules) = paramsSchema.kind else { return [] }
        return rules.members
    }

    /// The faults every call of this access level can meet.
    private static func commonErrors(access: Access) -> Set<FaultKind> {
        var kinds: Set<FaultKind> = [
            .invalidParams, .internalError, .cancelled, .overloaded, .deadlineExceeded, .shuttingDown,
            .responseTooLarge,
        ]
        if access != .public { kinds.formUnion([.unauthenticated, .permissionDenied]) }
        return kinds
    }
}

/// The tree of an example.
///
/// Examples are constants that a test encodes, so a failure is a mistake in the declaration.
private func tree(of value: some Encodable) -> JSONValue {
    do {
        return try JSONCoding.decode(JSONValue.self, from: JSONCoding.encode(value))
    } catch {
        preconditionFailure("an example cannot be encoded: \(error)")
    }
}
