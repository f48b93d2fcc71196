package import JSONText
import OctobotModel

/// Checks what goes over the wire against the declarations; the tests put all their traffic through it (rpc.md §1).
package struct TrafficValidator: Sendable {
    /// Something was sent that no declaration covers.
    package struct Violation: Error, Sendable, Equatable, CustomStringConvertible {
        package var description: String
    }

    private let operations: [String: AnyOperation]
    private let streams: [String: AnyOperation.Stream]

    package init(_ operations: [AnyOperation] = Operations.all) {
        self.operations = Dictionary(operations.map { ($0.name, $0) }) { first, _ in first }
        streams = Dictionary(operations.compactMap(\.stream).map { ($0.notification, $0) }) { first, _ in first }
    }

    /// Params of a call, as they are sent.
    package func check(params: JSONValue, of method: String) throws(Violation) {
        try check(params, try operation(method).paramsSchema, "the params of \(method)", .strict)
    }

    /// The result of a call.
    package func check(result: JSONValue, of method: String) throws(Violation) {
        try check(result, try operation(method).answerSchema, "the result of \(method)", .exact)
    }

    /// The error object of an answer; `method` is `nil` where the call could not be told.
    ///
    /// Failures of the envelope are always possible, all others only where the operation declares them.
    package func check(error: JSONValue, of method: String?) throws(Violation) {
        let what = "the error of \(method ?? "no call")"
        try check(error, ErrorObject.schema, what, .exact)
        guard let kind = error["data"]?["type"]?.stringValue.flatMap({ FaultKind(rawValue: $0) }) else { return }
        guard error["code"]?.integerValue == Int64(kind.wire.code),
            error["data"]?["retryable"]?.boolValue == kind.wire.isRetryable
        else { throw Violation(description: "\(what): code or retryable is not that of \(kind.rawValue)") }
        guard let method, !Self.envelopeFaults.contains(kind), let operation = operations[method] else { return }
        guard operation.errors.contains(kind) else {
            throw Violation(description: "\(what): \(kind.rawValue) is not declared")
        }
    }

    /// A notification of the daemon.
    package func check(notification method: String, params: JSONValue) throws(Violation) {
        let what = "the notification \(method)"
        switch method {
        case "rpc.error": try check(params, ErrorObject.schema, what, .exact)
        case "rpc.goaway": try check(params, GoAwayNotice.schema, what, .exact)
        default:
            guard let stream = streams[method] else { throw Violation(description: "\(what) is not declared") }
            try check(params, StreamNotification.schema, what, .exact)
            if let item = Self.item(of: params) { try check(item, stream.itemSchema, "the item of \(method)", .exact) }
        }
    }

    /// The item a notification of a stream carries: as its `data`, and for bytes as members of its own.
    private static func item(of params: JSONValue) -> JSONValue? {
        guard params["type"] == "bytes", var members = params.objectValue else { return params["data"] }
        for name in ["subscription", "n", "cursor", "type"] { members[name] = nil }
        return .object(members)
    }

    private static let envelopeFaults: Set<FaultKind> = [
        .parseError, .invalidRequest, .requestTooLarge, .tooManyConnections,
    ]

    private func operation(_ method: String) throws(Violation) -> AnyOperation {
        guard let operation = operations[method] else { throw Violation(description: "\(method) is not declared") }
        return operation
    }

    private func check(
        _ value: JSONValue,
        _ schema: JSONSchema,
        _ what: String,
        _ mode: JSONSchema.Mode
    ) throws(Violation) {
        do throws(Fault) {
            try schema.validate(value, mode: mode)
        } catch {
            throw Violation(description: "\(what): \(error.message)")
        }
    }
}
