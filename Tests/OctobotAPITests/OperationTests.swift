import Foundation
import HTTPTypes
import JSONText
import OctobotAPI
import OctobotModel
import Testing

@Suite("Declarations")
struct OperationTests {
    /// What the first issue asks for (item 5), and what browser clients ask for besides.
    private static let demanded = """
        rpc.hello rpc.discover rpc.ping rpc.cancel rpc.unsubscribe system.health system.status system.version \
        system.shutdown system.config project.list project.get workspace.create workspace.list workspace.get \
        workspace.update workspace.delete workspace.providers workspace.provider agent.types agent.list agent.create \
        agent.get agent.delete agent.setDefault session.create session.list session.get session.update session.delete \
        session.start session.stop session.diff session.commit session.messages session.kept session.restore chat.send \
        chat.subscribe chat.cancel chat.status approval.list approval.get approval.answer event.subscribe job.get \
        approval.rules.list approval.rules.create approval.rules.delete usage.get \
        job.list job.wait job.cancel preference.list preference.get preference.set preference.setAll preference.delete \
        system.serverConfig system.supportInfo system.routes system.openapi \
        auth.me auth.logout agent.authProviders agent.models agent.update session.models \
        file.list file.read file.write file.delete file.rename session.exec exec.subscribe session.stats \
        cache.list cache.delete credential.list credential.get credential.set credential.delete credential.refresh \
        credential.authorizeAnthropic credential.exchangeAnthropic credential.startCopilot credential.pollCopilot \
        credential.authorizeCodex credential.exchangeCodex credential.waitLogin credential.cancelLogin \
        system.keys.rotate \
        project.create project.update project.delete member.list member.remove invitation.create invitation.list \
        invitation.revoke invitation.accept git.status git.diff git.branches git.log git.files git.read \
        git.write workspace.suggestions git.fetch git.checkout git.stage git.commit terminal.open terminal.input terminal.resize terminal.close \
        terminal.list terminal.subscribe terminal.status terminal.history service.list service.start service.stop \
        service.subscribe hook.list hook.output hook.rerun
        """

    @Test("every operation is there, once")
    func names() {
        let names = Operations.all.map(\.name)
        #expect(names.sorted() == Self.demanded.split(separator: " ").map(String.init).sorted())
        for name in names { #expect(name.wholeMatch(of: /[a-z]+(\.[a-z][A-Za-z]*)+/) != nil, "\(name)") }
    }

    @Test("examples fit their schemas and survive their types", arguments: Operations.all.map(\.name))
    func examples(name: String) throws {
        let operation = try #require(Operations.named(name))
        func survives<Declaration: OctobotAPI.Operation>(_ declaration: Declaration.Type) throws {
            let params = try JSONCoding.encode(declaration.exampleParams)
            let decoded = try JSONCoding.decode(Declaration.Params.self, from: params)
            #expect(try JSONCoding.encode(decoded) == params)
            let result = try JSONCoding.encode(declaration.exampleResult)
            let back = try JSONCoding.decode(Declaration.Result.self, from: result)
            #expect(try JSONCoding.encode(back) == result)
        }
        try survives(operation.declaration)
        try operation.paramsSchema.validate(operation.exampleParams, mode: .strict)
        try operation.resultSchema.validate(operation.exampleResult, mode: .exact)
        if let stream = operation.stream { try stream.itemSchema.validate(stream.exampleItem, mode: .exact) }
    }

    @Test("everything the schema allows decodes", arguments: Operations.all.map(\.name))
    func samples(name: String) throws {
        let operation = try #require(Operations.named(name))
        func decodes<Declaration: OctobotAPI.Operation>(_ declaration: Declaration.Type) throws {
            let params = Declaration.Params.schema.sample
            let typed = try JSONCoding.decode(Declaration.Params.self, from: params.serialized())
            let again = try JSONCoding.decode(JSONValue.self, from: JSONCoding.encode(typed))
            #expect(again == params, "a declared member is not decoded")
            let result = Declaration.Result.schema.sample
            let result2 = try JSONCoding.decode(Declaration.Result.self, from: result.serialized())
            let encoded = try JSONCoding.decode(JSONValue.self, from: JSONCoding.encode(result2))
            try Declaration.Result.schema.validate(encoded, mode: .exact)
            #expect(encoded == result, "a declared member is not decoded")
        }
        try decodes(operation.declaration)
    }

    @Test("texts are there and read like the others", arguments: Operations.all.map(\.name))
    func texts(name: String) throws {
        let operation = try #require(Operations.named(name))
        #expect(operation.summary.last != "." && operation.summary.count > 5)
        #expect(operation.summary.first?.isUppercase == true && !operation.summary.contains("\n"))
        #expect(operation.description.last == ".")
        for member in operation.parameters { #expect(member.schema.description?.isEmpty == false, "\(member.name)") }
        #expect(operation.errors.contains(.invalidParams) && operation.errors.contains(.internalError))
        #expect(Set(operation.errors).count == operation.errors.count)
    }

    @Test("an operation of a project names it in its params, and pages are asked for alike")
    func conventions() {
        for operation in Operations.all {
            let members = operation.parameters.map(\.name)
            // Whoever accepts an invitation is no member yet.
            if operation.name != AcceptInvitation.name {
                #expect(operation.access.isProjectScoped == members.contains("projectId"), "\(operation.name)")
            }
            #expect(members.contains("limit") == members.contains("cursor"), "\(operation.name)")
            #expect(members.last == "_meta")
            if case .serial(let key) = operation.concurrency { #expect(members.contains(key), "\(operation.name)") }
        }
    }

    @Test("routes are unique, and what they carry are params")
    func routes() {
        var seen: Set<String> = []
        for operation in Operations.all {
            let members = Set(operation.parameters.map(\.name))
            for binding in operation.http {
                let route = "\(binding.method) \(binding.path)"
                #expect(seen.insert(route.replacing(/\{[A-Za-z]+\}/, with: "{}")).inserted, "\(route) twice")
                // A hand-written route may find its object by more than params.
                for parameter in binding.pathParameters where binding.shape != .custom {
                    #expect(members.contains(parameter), "\(route)")
                }
                for parameter in binding.query.compactMap(\.member) { #expect(members.contains(parameter), "\(route)") }
                for name in binding.ignoredWhenEmpty { #expect(members.contains(name), "\(route)") }
                for name in binding.defaults.keys { #expect(members.contains(name), "\(route)") }
                #expect((200...202).contains(binding.success) || binding.success == 101, "\(route)")
                if operation.name != AcceptInvitation.name {
                    #expect(operation.access.isProjectScoped == binding.path.hasPrefix("/api/projects/{projectId}"))
                }
            }
        }
    }

    @Test("the routes of the REST contract for these groups are all there")
    func contract() {
        let p = "/api/projects/{projectId}"
        let demanded = [
            "GET /health", "GET /api/status", "GET /api/server-config", "GET /api/support-info", "GET /api/routes",
            "GET /api/ui", "GET /openapi.json", "GET /docs", "GET /auth/me", "POST /auth/logout",
            "GET \(p)/agents/auth-providers",
            "GET \(p)/agents/{agentId}/models",
            "GET \(p)/sessions/{sessionId}/models", "GET /api/preferences", "PUT /api/preferences",
            "GET /api/preferences/{key}", "PUT /api/preferences/{key}", "DELETE /api/preferences/{key}",
            "GET /api/projects", "GET \(p)", "GET \(p)/events", "GET \(p)/workspaces", "POST \(p)/workspaces",
            "GET \(p)/workspaces/{workspaceId}", "PUT \(p)/workspaces/{workspaceId}",
            "DELETE \(p)/workspaces/{workspaceId}", "GET \(p)/workspaces/{workspaceId}/sessions",
            "GET \(p)/workspaces/providers", "GET \(p)/workspaces/providers/{provider}", "GET \(p)/agents",
            "POST \(p)/agents", "GET \(p)/agents/types", "POST \(p)/agents/default", "GET \(p)/agents/{agentId}",
            "PUT \(p)/agents/{agentId}", "DELETE \(p)/agents/{agentId}", "GET \(p)/sessions/{sessionId}",
            "PUT \(p)/sessions/{sessionId}", "PATCH \(p)/sessions/{sessionId}", "DELETE \(p)/sessions/{sessionId}",
            "GET \(p)/sessions/{sessionId}/messages", "GET \(p)/sessions/{sessionId}/diff",
            "POST \(p)/sessions/{sessionId}/commit", "POST \(p)/chat", "GET \(p)/chat/{sessionId}/stream",
            "POST \(p)/chat/{sessionId}/cancel", "GET \(p)/chat/{sessionId}/question",
            "POST \(p)/chat/{sessionId}/answer", "GET \(p)/sessions/{sessionId}/files",
            "GET \(p)/sessions/{sessionId}/files/read", "PUT \(p)/sessions/{sessionId}/files/write",
            "POST \(p)/sessions/{sessionId}/files/delete", "POST \(p)/sessions/{sessionId}/files/rename",
            "GET \(p)/cache", "DELETE \(p)/cache", "GET \(p)/credentials", "POST \(p)/credentials",
            "GET \(p)/credentials/{provider}", "DELETE \(p)/credentials/{provider}",
            "POST \(p)/credentials/{provider}/refresh",
            "POST \(p)/credentials/anthropic/authorize", "POST \(p)/credentials/anthropic/exchange",
            "POST \(p)/credentials/github-copilot/device-code", "POST \(p)/credentials/github-copilot/poll",
            "POST \(p)/credentials/codex/authorize", "POST \(p)/credentials/codex/exchange",
            "POST /api/projects", "PUT \(p)", "DELETE \(p)", "GET \(p)/members", "DELETE \(p)/members/{userId}",
            "POST \(p)/invitations", "GET \(p)/invitations", "DELETE \(p)/invitations/{invitationId}",
            "POST \(p)/invitations/{token}/accept", "GET \(p)/workspaces/{workspaceId}/git/status",
            "GET \(p)/workspaces/{workspaceId}/git/diff", "GET \(p)/workspaces/{workspaceId}/git/branches",
            "GET \(p)/workspaces/{workspaceId}/git/log", "GET \(p)/workspaces/{workspaceId}/git/files",
            "GET \(p)/workspaces/{workspaceId}/git/file", "POST \(p)/workspaces/{workspaceId}/git/file",
            "GET \(p)/suggestions",
            "POST \(p)/workspaces/{workspaceId}/git/fetch", "POST \(p)/workspaces/{workspaceId}/git/checkout",
            "POST \(p)/workspaces/{workspaceId}/git/stage", "POST \(p)/workspaces/{workspaceId}/git/commit",
            "GET \(p)/sessions/{sessionId}/terminal/ws", "GET \(p)/sessions/{sessionId}/terminal/status",
            "GET \(p)/sessions/{sessionId}/terminal/history", "GET \(p)/sessions/{sessionId}/hooks/status",
            "GET \(p)/sessions/{sessionId}/hooks/{hookId}/output",
            "POST \(p)/sessions/{sessionId}/hooks/{hookId}/rerun", "GET \(p)/sessions/{sessionId}/services",
            "POST \(p)/sessions/{sessionId}/services/{serviceId}/start",
            "POST \(p)/sessions/{sessionId}/services/{serviceId}/stop",
            "GET \(p)/sessions/{sessionId}/services/{serviceId}/output",
        ]
        let actual = Operations.all.flatMap(\.http).map { "\($0.method.rawValue) \($0.path)" }
        #expect(actual.sorted() == demanded.sorted())
    }

    @Test("results are objects")
    func resultsAreObjects() {
        for operation in Operations.all { #expect(operation.exampleResult.objectValue != nil, "\(operation.name)") }
    }
}
