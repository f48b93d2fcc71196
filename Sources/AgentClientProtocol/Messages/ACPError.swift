package import JSONText

/// An error answer of the other side (acp.md §2).
package struct ACPError: Error, Sendable, Equatable, CustomStringConvertible {
    package var code: Int
    package var message: String
    package var data: JSONValue?

    package init(code: Int, message: String, data: JSONValue? = nil) {
        self.code = code
        self.message = message
        self.data = data
    }

    package static let methodNotFoundCode = -32601
    package static let invalidParamsCode = -32602
    package static let internalCode = -32603
    package static let authenticationRequiredCode = -32000
    package static let notFoundCode = -32002
    package static let cancelledCode = -32800

    package static func methodNotFound(_ method: String) -> ACPError {
        ACPError(code: methodNotFoundCode, message: "Unknown method '\(method)'")
    }

    package static func invalidParams(_ message: String) -> ACPError {
        ACPError(code: invalidParamsCode, message: message)
    }

    package static let cancelled = ACPError(code: cancelledCode, message: "Cancelled")

    /// A text for people: the message, and what `data` adds to it.
    package var description: String {
        let detail = data?.stringValue ?? data?["details"]?.stringValue ?? data?["message"]?.stringValue
        guard let detail, !detail.isEmpty, detail != message else { return message }
        return "\(message): \(detail)"
    }
}

/// The connection to the other side went away.
package struct ACPClosed: Error, Sendable, Equatable, CustomStringConvertible {
    package init() {}
    package var description: String { "The connection is closed" }
}
