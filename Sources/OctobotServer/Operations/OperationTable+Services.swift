package import Logging
import OctobotAPI
import OctobotModel
package import OctobotServices

extension OperationTable {
    /// The table of the daemon: every declared operation bound to the service call it means.
    package convenience init(
        services: Services,
        answerLimit: Int = 16 << 20,
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger
    ) {
        let projects = services.projects
        self.init(answerLimit: answerLimit, clock: clock, logger: logger) { access, project, principal throws(Fault) in
            try await projects.authorize(access, project: project, principal: principal)
        }
        bindSystem(services)
        bindRepositories(services)
        bindProjects(services)
        bindGit(services)
        bindSessions(services)
        bindSandboxes(services)
        bindTerminals(services)
        bindScripts(services)
        bindChat(services)
        bindWork(services)
        bindLogins(services)
        assert(unboundOperations.isEmpty, "nothing is bound to \(unboundOperations)")
    }

    private func bindSystem(_ services: Services) {
        register(SystemHealth.self, perform: services.system.health)
        register(SystemStatus.self, perform: services.system.status)
        register(SystemVersion.self, isShort: true, perform: services.system.version)
        register(SystemConfig.self, perform: services.system.configuration)
        register(SystemServerConfig.self, perform: services.system.serverConfiguration)
        register(SystemSupportInfo.self, perform: services.system.supportInfo)
        register(SystemRoutes.self, perform: services.system.routes)
        register(SystemOpenAPI.self, perform: services.system.openAPI)
        register(SystemShutdown.self, perform: services.system.shutdown)
        register(RotateKeys.self, perform: services.keyRotation.rotate)
        register(AuthMe.self, isShort: true, perform: services.login.me)
        register(AuthLogout.self, perform: services.login.logout)
        register(ListCredentials.self, perform: services.credentials.list)
        register(GetCredential.self, isShort: true, perform: services.credentials.get)
        register(SetCredential.self, perform: services.credentials.set)
        register(DeleteCredential.self, perform: services.credentials.delete)
        register(RefreshCredential.self, perform: services.credentials.refresh)
        register(ListPreferences.self, perform: services.preferences.list)
        register(GetPreference.self, isShort: true, perform: services.preferences.get)
        register(SetPreference.self, perform: services.preferences.set)
        register(SetPreferences.self, perform: services.preferences.setAll)
        register(DeletePreference.self, perform: services.preferences.delete)
    }

    private func bindLogins(_ services: Services) {
        register(AuthorizeAnthropic.self, perform: services.providerLogins.authorizeAnthropic)
        register(ExchangeAnthropic.self, perform: services.providerLogins.exchangeAnthropic)
        register(StartCopilot.self, perform: services.providerLogins.startCopilot)
        register(PollCopilot.self, perform: services.providerLogins.pollCopilot)
        register(AuthorizeCodex.self, perform: services.providerLogins.authorizeCodex)
        register(ExchangeCodex.self, perform: services.providerLogins.exchangeCodex)
        register(WaitLogin.self, perform: services.providerLogins.wait)
        register(CancelLogin.self, perform: services.providerLogins.cancel)
    }

    private func bindRepositories(_ services: Services) {
        register(ListProjects.self, perform: services.projects.list)
        register(GetProject.self, isShort: true, perform: services.projects.get)
        register(CreateWorkspace.self, perform: services.workspaces.create)
        register(ListWorkspaces.self, perform: services.workspaces.list)
        register(GetWorkspace.self, perform: services.workspaces.get)
        register(UpdateWorkspace.self, perform: services.workspaces.update)
        register(DeleteWorkspace.self, perform: services.workspaces.delete)
        register(ListProviders.self, perform: services.workspaces.listProviders)
        register(GetProvider.self, perform: services.workspaces.provider)
        register(ListSuggestions.self, perform: services.suggestions.list)
        register(ListAgentTypes.self, perform: services.agents.types)
        register(ListAuthProviders.self, perform: services.agents.authProviders)
        register(ListAgentModels.self, perform: services.agentModels.models)
        register(ListSessionModels.self, perform: services.agentModels.models)
        register(ListAgents.self, perform: services.agents.list)
        register(CreateAgent.self, perform: services.agents.create)
        register(GetAgent.self, isShort: true, perform: services.agents.get)
        register(UpdateAgent.self, perform: services.agents.update)
        register(DeleteAgent.self, perform: services.agents.delete)
        register(SetDefaultAgent.self, perform: services.agents.setDefault)
    }

    private func bindProjects(_ services: Services) {
        register(CreateProject.self, perform: services.projectLife.create)
        register(UpdateProject.self, perform: services.projectLife.update)
        register(DeleteProject.self, perform: services.projectLife.delete)
        register(ListMembers.self, perform: services.members.list)
        register(RemoveMember.self, perform: services.members.remove)
        register(CreateInvitation.self, perform: services.members.invite)
        register(ListInvitations.self, perform: services.members.invitations)
        register(RevokeInvitation.self, perform: services.members.revoke)
        register(AcceptInvitation.self, perform: services.members.accept)
    }

    private func bindGit(_ services: Services) {
        register(ReadGitStatus.self, perform: services.git.status)
        register(DiffGit.self, perform: services.git.diff)
        register(ListGitBranches.self, perform: services.git.branches)
        register(ListGitCommits.self, perform: services.git.log)
        register(ListGitFiles.self, perform: services.git.files)
        register(ReadGitFile.self, perform: services.git.read)
        register(WriteGitFile.self, perform: services.git.write)
        register(FetchGit.self, perform: services.git.fetch)
        register(CheckOutGit.self, perform: services.git.checkout)
        register(StageGit.self, perform: services.git.stage)
        register(CommitGit.self, perform: services.git.commit)
    }

    private func bindSessions(_ services: Services) {
        register(CreateSession.self, perform: services.sessions.create)
        register(ListSessions.self, perform: services.sessions.list)
        register(GetSession.self, isShort: true, perform: services.sessions.get)
        register(UpdateSession.self, perform: services.sessions.update)
        register(DeleteSession.self, perform: services.sessions.delete)
        register(StartSession.self, perform: services.sessions.start)
        register(StopSession.self, perform: services.sessions.stop)
        register(DiffSession.self, perform: services.sessions.diff)
        register(CommitSession.self, perform: services.sessions.commit)
        register(ListMessages.self, perform: services.sessions.messages)
        register(ListKeptSessions.self, perform: services.sessions.kept)
        register(RestoreSession.self, perform: services.sessions.restore)
    }

    private func bindSandboxes(_ services: Services) {
        register(ListSessionFiles.self, perform: services.files.list)
        register(ReadSessionFile.self, perform: services.files.read)
        register(WriteSessionFile.self, perform: services.files.write)
        register(DeleteSessionFile.self, perform: services.files.delete)
        register(RenameSessionFile.self, perform: services.files.rename)
        register(ExecSession.self, perform: services.commands.exec)
        register(stream: SubscribeExec.self, open: services.commands.subscribe)
        register(ReadSessionStats.self, perform: services.commands.stats)
        register(ListCaches.self, perform: services.caches.list)
        register(DeleteCaches.self, perform: services.caches.delete)
    }

    private func bindTerminals(_ services: Services) {
        register(OpenTerminal.self, perform: services.terminals.open)
        register(WriteTerminal.self, perform: services.terminals.input)
        register(ResizeTerminal.self, perform: services.terminals.resize)
        register(CloseTerminal.self, perform: services.terminals.close)
        register(ListTerminals.self, perform: services.terminals.list)
        register(stream: SubscribeTerminal.self, open: services.terminals.subscribe)
        register(ReadTerminalStatus.self, perform: services.terminals.status)
        register(ReadTerminalHistory.self, perform: services.terminals.history)
    }

    private func bindScripts(_ services: Services) {
        register(ListServices.self, perform: services.scripts.list)
        register(StartService.self, perform: services.scripts.start)
        register(StopService.self, perform: services.scripts.stop)
        register(stream: SubscribeService.self, open: services.scripts.subscribe)
        register(ListHooks.self, perform: services.scripts.hooks)
        register(ReadHookOutput.self, perform: services.scripts.hookOutput)
        register(RerunHook.self, perform: services.scripts.rerun)
    }

    private func bindChat(_ services: Services) {
        register(SendChat.self, perform: services.chat.send)
        register(CancelChat.self, perform: services.chat.cancel)
        register(ChatStatus.self, perform: services.chat.status)
        register(stream: SubscribeChat.self, open: services.chatLog.subscribe)
        register(ListApprovals.self, perform: services.approvals.list)
        register(GetApproval.self, isShort: true, perform: services.approvals.get)
        register(AnswerApproval.self, perform: services.approvals.answer)
        register(GetUsage.self, perform: services.usage.get)
        register(ListApprovalRules.self, perform: services.approvalRules.list)
        register(CreateApprovalRule.self, perform: services.approvalRules.create)
        register(DeleteApprovalRule.self, perform: services.approvalRules.delete)
    }

    private func bindWork(_ services: Services) {
        register(stream: SubscribeEvents.self, open: services.events.subscribe)
        register(GetJob.self, isShort: true, perform: services.jobs.get)
        register(ListJobs.self, perform: services.jobs.list)
        register(WaitJob.self, perform: services.jobs.wait)
        register(CancelJob.self, perform: services.jobs.cancel)
    }
}
