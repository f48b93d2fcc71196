package import JSONText

/// `elicitation/create` in form mode (acp.md §11.2).
package struct Elicitation: Sendable, Equatable {
    /// One property of the form's schema.
    package struct Property: Sendable, Equatable {
        package var key: String
        package var schema: JSONValue
        package init(key: String, schema: JSONValue) {
            self.key = key
            self.schema = schema
        }
    }
    package var sessionID: String?
    package var toolCallID: String?
    package var message: String
    /// In the order of the schema.
    package var properties: [Property]
    package var required: Set<String>

    package init(
        sessionID: String?,
        toolCallID: String? = nil,
        message: String,
        properties: [Property],
        required: Set<String> = []
    ) {
        self.sessionID = sessionID
        self.toolCallID = toolCallID
        self.message = message
        self.properties = properties
        self.required = required
    }

    /// Reads the params; `nil` unless the mode is `form` (the default) and a schema is there.
    package init?(parsing params: [UInt8]) {
        let json: JSONValue
        do {
            json = try JSONValue(parsing: params)
        } catch {
            return nil
        }
        guard json["mode"]?.stringValue ?? "form" == "form", let schema = json["requestedSchema"],
            let properties = schema["properties"]?.objectValue
        else { return nil }
        let order = MemberOrder.keys(at: ["requestedSchema", "properties"], in: params)
        self.init(
            sessionID: json["sessionId"]?.stringValue,
            toolCallID: json["toolCallId"]?.stringValue,
            message: json["message"]?.stringValue ?? "",
            properties: order.compactMap { key in properties[key].map { Property(key: key, schema: $0) } },
            required: Set((schema["required"]?.arrayValue ?? []).compactMap(\.stringValue))
        )
    }

    /// The params, with the properties in an order that a reader of the text sees.
    package var bytes: [UInt8] {
        var head: [String: JSONValue] = ["mode": "form", "message": .string(message)]
        head["sessionId"] = sessionID.map(JSONValue.string)
        head["toolCallId"] = toolCallID.map(JSONValue.string)
        let members = properties.map { JSONValue.string($0.key).serialized() + [0x3A] + $0.schema.serialized() }
        var text = JSONValue.object(head).serialized().dropLast()
        text += Array(#","requestedSchema":{"type":"object","required":"#.utf8)
        text += JSONValue.array(required.sorted().map(JSONValue.string)).serialized()
        text += Array(#","properties":{"#.utf8)
        text += members.joined(separator: [0x2C])
        text += Array("}}}".utf8)
        return Array(text)
    }
}

/// `elicitation/create` in URL mode: a page the person is asked to visit.
package struct Visit: Sendable, Equatable {
    package var message: String
    /// Of http or https.
    package var url: String

    /// `nil` for other modes and for addresses no browser should be given.
    package init?(_ json: JSONValue) {
        guard json["mode"]?.stringValue == "url", let url = json["url"]?.stringValue,
            ["http://", "https://"].contains(where: { url.lowercased().hasPrefix($0) })
        else { return nil }
        message = json["message"]?.stringValue ?? ""
        self.url = url
    }
}

/// The answer to an elicitation.
package enum ElicitationOutcome: Sendable, Equatable {
    case accept([String: JSONValue])
    case decline
    case cancel

    package init(_ json: JSONValue) {
        switch json["action"]?.stringValue {
        case "accept": self = .accept(json["content"]?.objectValue ?? [:])
        case "decline": self = .decline
        default: self = .cancel
        }
    }

    package var json: JSONValue {
        switch self {
        case .accept(let content):
            content.isEmpty ? ["action": "accept"] : ["action": "accept", "content": .object(content)]
        case .decline: ["action": "decline"]
        case .cancel: ["action": "cancel"]
        }
    }
}
