import Foundation
import HTTPTypes
import HummingbirdCore
import SandboxAgentAPI

extension AgentResponder {
    func listServices() async throws -> Response {
        try .json(ServiceList(await blocking { [services] in services.list() }))
    }

    func startService(_ id: String) async throws -> Response {
        try await blocking { [services] in try services.start(id) }
        return try .json(ServiceChange(.starting, of: id), status: .accepted)
    }

    func stopService(_ id: String) async throws -> Response {
        // A port without a script is told apart from a service that never ran.
        if !services.hasRun(id), try await blocking({ [services] in try services.service(id) }).passive == true {
            throw ServiceRefusal.passive(id)
        }
        try await services.stop(id)
        return try .json(ServiceChange(.stopped, of: id))
    }

    /// What the service wrote, then what it writes, as events.
    func serviceOutput(_ id: String) async throws -> Response {
        let log = try await blocking { [services] in try services.output(of: id) }
        return .events(on: connection) { EventReader(log) }
    }

    /// The methods of what lies below one service; `nil` for paths that are none.
    static func serviceRoutes(_ path: String) -> [HTTPRequest.Method: Handler]? {
        guard path.hasPrefix(AgentPath.services + "/") else { return nil }
        let parts = path.dropFirst(AgentPath.services.count + 1).split(
            separator: "/",
            omittingEmptySubsequences: false
        )
        let id = String(parts.first ?? "")
        switch parts.dropFirst() {
        case ["start"]: return [.post: { responder, _ in try await responder.startService(id) }]
        case ["stop"]: return [.post: { responder, _ in try await responder.stopService(id) }]
        case ["output"]: return [.get: { responder, _ in try await responder.serviceOutput(id) }]
        default: return nil
        }
    }
}
