import HTTPTypes
import HummingbirdCore
import SandboxAgentAPI

extension AgentResponder {
    func hooksStatus() async throws -> Response { try .json(await hooks.status) }

    func hookOutput(_ id: String) async throws -> Response {
        try .json(HookOutput(try await hooks.output(of: id)))
    }

    func rerunHook(_ id: String) async throws -> Response {
        try .json(HookRerun(exitCode: try await hooks.rerun(id)))
    }

    /// The methods of what lies below one hook; `nil` for paths that are none.
    static func hookRoutes(_ path: String) -> [HTTPRequest.Method: Handler]? {
        guard path.hasPrefix(AgentPath.hooks + "/") else { return nil }
        let parts = path.dropFirst(AgentPath.hooks.count + 1).split(
            separator: "/",
            omittingEmptySubsequences: false
        )
        let id = String(parts.first ?? "")
        switch parts.dropFirst() {
        case ["output"]: return [.get: { responder, _ in try await responder.hookOutput(id) }]
        case ["rerun"]: return [.post: { responder, _ in try await responder.rerunHook(id) }]
        default: return nil
        }
    }

    static func wire(_ refusal: HookSet.Refusal) -> HTTPRefusal {
        switch refusal {
        case .disabled: HTTPRefusal(.notFound, "Hooks not enabled")
        case .notFound: HTTPRefusal(.notFound, "Hook not found")
        }
    }
}
