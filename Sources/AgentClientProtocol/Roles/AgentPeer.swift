import JSONText

/// An agent, as its client calls it.
package struct AgentPeer: Sendable {
    /// Why a prompt ended (acp.md §9.1).
    package enum StopReason: Sendable, Equatable {
        case endTurn
        case maxTokens
        case maxTurnRequests
        case refusal
        case cancelled
        case unknown(String)

        package init(_ text: String) {
            switch text {
            case "end_turn": self = .endTurn
            case "max_tokens": self = .maxTokens
            case "max_turn_requests": self = .maxTurnRequests
            case "refusal": self = .refusal
            case "cancelled": self = .cancelled
            default: self = .unknown(text)
            }
        }
    }

    private let link: any ACPLink

    package init(_ link: any ACPLink) {
        self.link = link
    }

    private func call(_ method: String, _ params: JSONValue) async throws -> JSONValue {
        let result = try await link.call(method, params: params.serialized())
        do {
            return try JSONValue(parsing: result)
        } catch {
            throw ACPError(code: ACPError.internalCode, message: "The answer to \(method) is not JSON")
        }
    }

    /// `initialize`.
    package func initialize(
        clientVersion: String,
        offering capabilities: ClientCapabilities
    ) async throws -> AgentCapabilities {
        AgentCapabilities(
            try await call(
                ACPMethod.initialize,
                [
                    "protocolVersion": .integer(ACPVersion.current),
                    "clientCapabilities": capabilities.json,
                    "clientInfo": ["name": "octobot", "title": "Octobot", "version": .string(clientVersion)],
                ]
            )
        )
    }

    /// `authenticate`.
    package func authenticate(_ methodID: String) async throws {
        _ = try await call(ACPMethod.authenticate, ["methodId": .string(methodID)])
    }

    /// `session/new`.
    package func newSession(_ setup: SessionSetup) async throws -> (id: String, options: SessionOptions) {
        let result = try await call(ACPMethod.newSession, setup.json(nil))
        guard let id = result["sessionId"]?.stringValue else {
            throw ACPError(code: ACPError.internalCode, message: "The agent gave its session no id")
        }
        return (id, SessionOptions(result))
    }

    /// `session/resume`: the context comes back without a replay.
    package func resume(_ sessionID: String, _ setup: SessionSetup) async throws -> SessionOptions {
        SessionOptions(try await call(ACPMethod.resumeSession, setup.json(sessionID)))
    }

    /// `session/load`: the context comes back, and the whole conversation as updates.
    package func load(_ sessionID: String, _ setup: SessionSetup) async throws -> SessionOptions {
        SessionOptions(try await call(ACPMethod.loadSession, setup.json(sessionID)))
    }

    /// `session/prompt`: returns when the turn is over.
    package func prompt(_ sessionID: String, _ blocks: [ContentBlock]) async throws -> StopReason {
        let result = try await call(
            ACPMethod.prompt,
            ["sessionId": .string(sessionID), "prompt": .array(blocks.map(\.json))]
        )
        return StopReason(result["stopReason"]?.stringValue ?? "")
    }

    /// `session/cancel`: the prompt ends soon.
    package func cancel(_ sessionID: String) async throws {
        try await link.notify(
            ACPMethod.cancel,
            params: JSONValue.object(["sessionId": .string(sessionID)]).serialized()
        )
    }

    /// `session/set_config_option`; gives the complete new list.
    ///
    /// - Parameter isBoolean: Whether the option is one that is on or off, its value `true` or `false`.
    package func setConfigOption(
        _ sessionID: String,
        _ id: String,
        to value: String,
        isBoolean: Bool
    ) async throws -> [ConfigOption] {
        var params: [String: JSONValue] = ["sessionId": .string(sessionID), "configId": .string(id)]
        params["value"] = isBoolean ? .bool(value == "true") : .string(value)
        if isBoolean { params["type"] = "boolean" }
        let result = try await call(ACPMethod.setConfigOption, .object(params))
        return SessionOptions(result).configOptions
    }

    /// `session/set_mode`, the older way to choose a mode.
    package func setMode(_ sessionID: String, to mode: String) async throws {
        _ = try await call(ACPMethod.setMode, ["sessionId": .string(sessionID), "modeId": .string(mode)])
    }

    /// `session/set_model`, the older way.
    package func setModel(_ sessionID: String, to model: String) async throws {
        _ = try await call(ACPMethod.setModel, ["sessionId": .string(sessionID), "modelId": .string(model)])
    }
}
