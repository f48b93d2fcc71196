/// All there is: every operation of every group, each once, in the order of the documents.
package enum Operations {
    package static let all: [AnyOperation] =
        connection + system + projects + workspaces + git + agents + sessions + sandboxes + terminals + scripts + chat
        + rest

    private static let byName = Dictionary(all.map { ($0.name, $0) }) { first, _ in first }

    /// The operation with this name, if it is declared.
    package static func named(_ name: String) -> AnyOperation? { byName[name] }

    private static let connection = [
        AnyOperation(RPCHello.self), AnyOperation(RPCDiscover.self), AnyOperation(RPCPing.self),
        AnyOperation(RPCCancel.self), AnyOperation(RPCUnsubscribe.self),
    ]
    private static let system = [
        AnyOperation(SystemHealth.self), AnyOperation(SystemStatus.self), AnyOperation(SystemVersion.self),
        AnyOperation(SystemConfig.self), AnyOperation(SystemServerConfig.self), AnyOperation(SystemSupportInfo.self),
        AnyOperation(SystemRoutes.self), AnyOperation(SystemOpenAPI.self), AnyOperation(SystemShutdown.self),
        AnyOperation(RotateKeys.self),
        AnyOperation(AuthMe.self), AnyOperation(AuthLogout.self),
    ]
    private static let projects = [
        AnyOperation(ListProjects.self), AnyOperation(GetProject.self), AnyOperation(CreateProject.self),
        AnyOperation(UpdateProject.self), AnyOperation(DeleteProject.self), AnyOperation(ListMembers.self),
        AnyOperation(RemoveMember.self), AnyOperation(CreateInvitation.self), AnyOperation(ListInvitations.self),
        AnyOperation(RevokeInvitation.self), AnyOperation(AcceptInvitation.self),
    ]
    private static let workspaces = [
        AnyOperation(CreateWorkspace.self), AnyOperation(ListWorkspaces.self), AnyOperation(GetWorkspace.self),
        AnyOperation(UpdateWorkspace.self), AnyOperation(DeleteWorkspace.self), AnyOperation(ListProviders.self),
        AnyOperation(GetProvider.self), AnyOperation(ListSuggestions.self),
    ]
    private static let git = [
        AnyOperation(ReadGitStatus.self), AnyOperation(DiffGit.self), AnyOperation(ListGitBranches.self),
        AnyOperation(ListGitCommits.self), AnyOperation(ListGitFiles.self), AnyOperation(ReadGitFile.self),
        AnyOperation(WriteGitFile.self), AnyOperation(FetchGit.self), AnyOperation(CheckOutGit.self),
        AnyOperation(StageGit.self), AnyOperation(CommitGit.self),
    ]
    private static let agents = [
        AnyOperation(ListAgentTypes.self), AnyOperation(ListAuthProviders.self), AnyOperation(ListAgents.self),
        AnyOperation(CreateAgent.self), AnyOperation(GetAgent.self), AnyOperation(UpdateAgent.self),
        AnyOperation(DeleteAgent.self), AnyOperation(SetDefaultAgent.self), AnyOperation(ListAgentModels.self),
        AnyOperation(ListSessionModels.self),
    ]
    private static let sessions = [
        AnyOperation(CreateSession.self), AnyOperation(ListSessions.self), AnyOperation(GetSession.self),
        AnyOperation(UpdateSession.self), AnyOperation(DeleteSession.self), AnyOperation(StartSession.self),
        AnyOperation(StopSession.self), AnyOperation(DiffSession.self), AnyOperation(CommitSession.self),
        AnyOperation(ListMessages.self), AnyOperation(ListKeptSessions.self), AnyOperation(RestoreSession.self),
    ]
    private static let sandboxes = [
        AnyOperation(ListSessionFiles.self), AnyOperation(ReadSessionFile.self), AnyOperation(WriteSessionFile.self),
        AnyOperation(DeleteSessionFile.self), AnyOperation(RenameSessionFile.self), AnyOperation(ExecSession.self),
        AnyOperation(stream: SubscribeExec.self),
        AnyOperation(ReadSessionStats.self), AnyOperation(ListCaches.self), AnyOperation(DeleteCaches.self),
    ]
    private static let terminals = [
        AnyOperation(OpenTerminal.self), AnyOperation(WriteTerminal.self), AnyOperation(ResizeTerminal.self),
        AnyOperation(CloseTerminal.self), AnyOperation(ListTerminals.self),
        AnyOperation(stream: SubscribeTerminal.self), AnyOperation(ReadTerminalStatus.self),
        AnyOperation(ReadTerminalHistory.self),
    ]
    private static let scripts = [
        AnyOperation(ListServices.self), AnyOperation(StartService.self), AnyOperation(StopService.self),
        AnyOperation(stream: SubscribeService.self), AnyOperation(ListHooks.self), AnyOperation(ReadHookOutput.self),
        AnyOperation(RerunHook.self),
    ]
    private static let chat = [
        AnyOperation(SendChat.self), AnyOperation(stream: SubscribeChat.self), AnyOperation(CancelChat.self),
        AnyOperation(ChatStatus.self),
    ]
    private static let rest = [
        AnyOperation(ListApprovals.self), AnyOperation(GetApproval.self), AnyOperation(AnswerApproval.self),
        AnyOperation(ListApprovalRules.self), AnyOperation(CreateApprovalRule.self),
        AnyOperation(DeleteApprovalRule.self),
        AnyOperation(GetUsage.self),
        AnyOperation(stream: SubscribeEvents.self),
        AnyOperation(GetJob.self), AnyOperation(ListJobs.self), AnyOperation(WaitJob.self),
        AnyOperation(CancelJob.self),
        AnyOperation(ListCredentials.self), AnyOperation(GetCredential.self), AnyOperation(SetCredential.self),
        AnyOperation(DeleteCredential.self), AnyOperation(RefreshCredential.self),
        AnyOperation(AuthorizeAnthropic.self), AnyOperation(ExchangeAnthropic.self), AnyOperation(StartCopilot.self),
        AnyOperation(PollCopilot.self), AnyOperation(AuthorizeCodex.self), AnyOperation(ExchangeCodex.self),
        AnyOperation(WaitLogin.self), AnyOperation(CancelLogin.self),
        AnyOperation(ListPreferences.self), AnyOperation(GetPreference.self), AnyOperation(SetPreference.self),
        AnyOperation(SetPreferences.self), AnyOperation(DeletePreference.self),
    ]
}
