import JSONText

/// A client, as an agent calls it for one session.
package struct ClientPeer: Sendable {
    private let link: any ACPLink
    package let sessionID: String

    package init(_ link: any ACPLink, sessionID: String) {
        self.link = link
        self.sessionID = sessionID
    }

    /// `session/update`.
    package func send(_ update: SessionUpdate) async throws {
        guard let json = update.json else { return }
        let params: JSONValue = ["sessionId": .string(sessionID), "update": json]
        try await link.notify(ACPMethod.update, params: params.serialized())
    }

    /// Text of the agent's message.
    package func say(_ text: String) async throws {
        try await send(.agentMessage(.text(text), messageID: nil))
    }

    /// `session/request_permission`.
    package func requestPermission(
        _ toolCall: ToolCallUpdate,
        options: [PermissionRequest.Option]
    ) async throws -> PermissionOutcome {
        let request = PermissionRequest(sessionID: sessionID, toolCall: toolCall, options: options)
        let result = try await link.call(ACPMethod.requestPermission, params: request.json.serialized())
        return PermissionOutcome(try JSONValue(parsing: result))
    }

    /// `elicitation/create` in form mode.
    package func elicit(_ message: String, properties: [Elicitation.Property]) async throws -> ElicitationOutcome {
        let form = Elicitation(
            sessionID: sessionID,
            message: message,
            properties: properties,
            required: Set(properties.map(\.key))
        )
        let result = try await link.call(ACPMethod.elicit, params: form.bytes)
        return ElicitationOutcome(try JSONValue(parsing: result))
    }
}
