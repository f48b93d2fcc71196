import JSONText
import OctobotAPI

/// How the cells of one operation are made.
struct Recipe: Sendable {
    /// The params members that name something which may be another project's, each an axis of its own.
    var names: [String] = []
    /// Axes along which there is nothing of one's own to meet: what they name lives in memory.
    var passing: Set<String> = []
    /// Axes along which what is not there is no failure: filters, and what is deleted or accepted anyway.
    var lenient: Set<String> = []
    /// Members the example has and the cells do without.
    var without: [String] = []
    /// In place of the example's members.
    var params: [String: JSONValue] = [:]

    static let plain = Recipe()

    static func of(_ names: String..., params: [String: JSONValue] = [:]) -> Recipe {
        Recipe(names: names, params: params)
    }

    private static let workspace = Recipe.of("workspaceId")
    private static let agent = Recipe.of("agentId")
    private static let session = Recipe.of("sessionId")
    private static let terminal = Recipe(names: ["sessionId", "terminalId"], passing: ["terminalId"])
    /// What a sandbox that does not run tells of every one of them is the same.
    private static let service = Recipe(names: ["sessionId", "serviceId"], lenient: ["serviceId"])
    private static let hook = Recipe(names: ["sessionId", "hookId"], lenient: ["hookId"])
    private static let login = Recipe(names: ["state"], passing: ["state"])

    /// One for each operation; `rpc.*` is answered by the connection itself.
    static let all: [String: Recipe] = [
        "system.health": .plain, "system.status": .plain, "system.version": .plain, "system.config": .plain,
        "system.serverConfig": .plain, "system.supportInfo": .plain, "system.routes": .plain, "system.openapi": .plain,
        "system.shutdown": .plain, "system.keys.rotate": .plain, "auth.me": .plain, "auth.logout": .plain,
        "project.list": .plain, "project.get": .plain, "project.create": .plain, "project.update": .plain,
        "project.delete": Recipe(params: ["force": true]), "member.list": .plain, "member.remove": .of("userId"),
        "invitation.create": .plain, "invitation.list": .plain, "invitation.revoke": .of("invitationId"),
        "invitation.accept": Recipe(names: ["token"], passing: ["token"]),
        "workspace.create": Recipe(params: ["path": "/nowhere/at/all"]), "workspace.list": .plain,
        "workspace.get": workspace, "workspace.update": workspace, "workspace.delete": workspace,
        "workspace.providers": .plain, "workspace.provider": .plain, "workspace.suggestions": .plain,
        "git.status": workspace, "git.diff": workspace, "git.branches": workspace, "git.log": workspace,
        "git.files": workspace, "git.read": workspace, "git.write": workspace, "git.fetch": workspace,
        "git.checkout": workspace, "git.stage": workspace, "git.commit": workspace,
        "agent.types": .plain, "agent.authProviders": .plain, "agent.list": .plain, "agent.create": .plain,
        "agent.get": agent, "agent.update": agent, "agent.delete": agent, "agent.setDefault": agent,
        "agent.models": agent, "session.models": session,
        "session.create": .of("workspaceId", "agentId", params: ["start": false]),
        "session.list": Recipe(names: ["workspaceId"], lenient: ["workspaceId"]), "session.get": session,
        "session.update": session, "session.delete": session, "session.start": session, "session.stop": session,
        "session.diff": session, "session.commit": session, "session.messages": session, "session.kept": .plain,
        "session.restore": Recipe(names: ["sessionId"], passing: ["sessionId"]),
        "file.list": session, "file.read": session, "file.write": session, "file.delete": session,
        "file.rename": session, "session.exec": session, "exec.subscribe": session, "session.stats": session,
        "cache.list": .plain, "cache.delete": .plain,
        "terminal.open": session, "terminal.input": terminal, "terminal.resize": terminal, "terminal.close": terminal,
        "terminal.list": session, "terminal.subscribe": terminal, "terminal.status": session,
        "terminal.history": session, "service.list": session, "service.start": service, "service.stop": service,
        "service.subscribe": service, "hook.list": session, "hook.output": hook, "hook.rerun": hook,
        "chat.send": Recipe(names: ["sessionId"], without: ["create"]), "chat.subscribe": session,
        "chat.cancel": Recipe(names: ["sessionId", "turnId"], passing: ["turnId"]), "chat.status": session,
        "approval.list": Recipe(names: ["sessionId"], lenient: ["sessionId"]), "approval.get": .of("approvalId"),
        "usage.get": .of("sessionId"),
        "approval.rules.list": Recipe(names: ["sessionId"], lenient: ["sessionId"]),
        "approval.rules.create": .of("sessionId"), "approval.rules.delete": .of("ruleId"),
        "approval.answer": .of("approvalId"), "event.subscribe": .plain,
        "job.get": .of("jobId"), "job.list": .plain, "job.wait": .of("jobId"), "job.cancel": .of("jobId"),
        "credential.list": .plain, "credential.get": .of("provider"), "credential.set": .plain,
        "credential.delete": Recipe(names: ["provider"], lenient: ["provider"]),
        "credential.refresh": Recipe(names: ["provider"], passing: ["provider"]),
        "credential.authorizeAnthropic": .plain, "credential.exchangeAnthropic": .plain,
        "credential.startCopilot": .plain, "credential.pollCopilot": .plain, "credential.authorizeCodex": .plain,
        "credential.exchangeCodex": .plain, "credential.waitLogin": login,
        "credential.cancelLogin": Recipe(names: ["state"], lenient: ["state"]),
        "preference.list": .plain, "preference.get": .plain, "preference.set": .plain, "preference.setAll": .plain,
        "preference.delete": .plain,
    ]
}
