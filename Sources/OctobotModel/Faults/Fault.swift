package import JSONText

/// A failure with a place on the wire: one typed error for the socket, REST and `octoctl`.
package struct Fault: Error, Sendable, Equatable, CustomStringConvertible {
    package var kind: FaultKind
    /// What happened, for people: no secrets, no internals.
    package var message: String
    /// The finer reason, such as `session.busy`; sent as `details.reason`.
    package var reason: String?
    /// Facts for programs, such as `state` and `allowed` of an ``FaultKind/invalidState``.
    package var details: [String: JSONValue]
    /// What to do about it.
    package var hint: String?
    package var retryAfterMilliseconds: Int?

    package init(
        _ kind: FaultKind,
        _ message: String,
        reason: String? = nil,
        details: [String: JSONValue] = [:],
        hint: String? = nil,
        retryAfterMilliseconds: Int? = nil
    ) {
        self.kind = kind
        self.message = message
        self.reason = reason
        self.details = details
        self.hint = hint
        self.retryAfterMilliseconds = retryAfterMilliseconds
    }

    package var description: String { "\(kind.rawValue): \(message)" }

    /// `details` as sent, the reason included; `nil` when there is nothing to say.
    package var wireDetails: JSONValue? {
        var members = details
        if let reason { members["reason"] = .string(reason) }
        return members.isEmpty ? nil : .object(members)
    }
}

extension Fault {
    /// No such object in the caller's project: a foreign object reads exactly like a missing one.
    package static func notFound(_ noun: String, _ id: some CustomStringConvertible) -> Fault {
        Fault(.notFound, "No \(noun) '\(id)'.", details: ["resource": .string(noun), "id": .string(id.description)])
    }

    /// The object's state does not admit the call.
    package static func invalidState(
        _ message: String,
        reason: String,
        state: String,
        allowed: [String] = [],
        hint: String? = nil
    ) -> Fault {
        var details: [String: JSONValue] = ["state": .string(state)]
        if !allowed.isEmpty { details["allowed"] = .array(allowed.map { .string($0) }) }
        return Fault(.invalidState, message, reason: reason, details: details, hint: hint)
    }

    /// A parameter breaks a rule; `pointer` is a JSON Pointer (RFC 6901) into the params.
    package static func invalidParams(
        _ message: String,
        pointer: String,
        rule: String,
        expected: String? = nil,
        got: String? = nil,
        hint: String? = nil
    ) -> Fault {
        var details: [String: JSONValue] = ["pointer": .string(pointer), "rule": .string(rule)]
        if let expected { details["expected"] = .string(expected) }
        if let got { details["got"] = .string(got) }
        return Fault(.invalidParams, message, details: details, hint: hint)
    }

    /// A component the call needs is missing; `hint` says what to install or enable.
    package static func unavailable(_ component: String, _ message: String, hint: String? = nil) -> Fault {
        Fault(.unavailable, message, details: ["component": .string(component)], hint: hint)
    }
}
