package import JSONText

/// The error member of an answer (JSON-RPC 2.0 §5.1).
package struct RPCError: Error, Hashable, Sendable {
    package var code: Int
    /// For people.
    package var message: String
    /// For programs; rpc.md §7 says which members the daemon sends.
    package var data: JSONValue?

    package init(code: Int, message: String, data: JSONValue? = nil) {
        self.code = code
        self.message = message
        self.data = data
    }
}

extension RPCError {
    /// The error as it travels.
    package var json: JSONValue {
        var members: [String: JSONValue] = ["code": .integer(Int64(code)), "message": .string(message)]
        members["data"] = data
        return .object(members)
    }

    /// Reads an error object; `nil` when code or message are missing or of another type.
    package init?(json: JSONValue) {
        guard let code = json["code"]?.integerValue, let message = json["message"]?.stringValue else { return nil }
        self.init(code: Int(code), message: message, data: json["data"])
    }
}

extension RPCError: CustomStringConvertible {
    package var description: String { "\(message) (\(code))" }
}
