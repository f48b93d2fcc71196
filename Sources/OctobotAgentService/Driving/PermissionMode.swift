import AgentClientProtocol

/// What becomes of an agent's requests for permission before anybody is asked (decision 33).
///
/// Every driver maps it to what its agent has (``ACPProgram`` by ``agentMode(among:)``); requests that come all the same are
/// decided here by the kind of their tool call.
enum PermissionMode: String, Sendable, CaseIterable {
    /// Everything is asked.
    case ask
    /// Everything is allowed.
    case auto
    /// Changes of files are allowed, everything else is asked.
    case edits
    /// Nothing is changed and no command run: such requests are refused, the others are asked.
    case plan

    /// What to do with one request.
    enum Decision: Sendable, Equatable {
        case ask
        case allow(PermissionRequest.Option)
        case refuse
    }

    /// The kinds of tool calls that change files (acp.md §9.4).
    private static let changes: Set<String> = ["edit", "delete", "move"]

    /// Decides a request by the kind of its tool call.
    ///
    /// Questions in the clothes of a permission are always asked. A call that tells no kind may be anything: only `auto`
    /// decides about it.
    ///
    /// - Parameter kind: What is known of the call, from the request or before it.
    func decision(on request: PermissionRequest, kind: String?) -> Decision {
        switch self {
        case .ask: .ask
        case .auto: Self.allowing(request, kind)
        case .edits: Self.changes.contains(kind ?? "") ? Self.allowing(request, kind) : .ask
        case .plan: kind == "execute" || Self.changes.contains(kind ?? "") ? .refuse : .ask
        }
    }

    private static func allowing(_ request: PermissionRequest, _ kind: String?) -> Decision {
        guard kind != "switch_mode", let option = PermissionForm.automatic(request) else { return .ask }
        return .allow(option)
    }

    /// The mode of the agent's own that fits, of those it offers; `nil` leaves the one it begins in.
    func agentMode(among offered: [String]) -> String? {
        let fitting: [String] =
            switch self {
            case .ask, .auto: []
            case .edits: ["acceptEdits", "autoEdit", "auto_edit", "accept-edits"]
            case .plan: ["plan"]
            }
        return fitting.first { offered.contains($0) }
    }
}
