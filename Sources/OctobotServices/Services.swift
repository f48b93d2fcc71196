package import Logging
import OctobotModel
package import OctobotStore
package import ProviderLogin
package import Sealing
package import ServiceLifecycle

/// Every use case of the daemon, wired once.
package struct Services: Sendable {
    package let system: SystemService
    package let login = LoginService()
    package let projects: ProjectService
    package let projectLife: ProjectLife
    package let members: MemberService
    package let workspaces: WorkspaceService
    package let git: GitService
    package let suggestions: SuggestionService
    package let agents: AgentService
    package let agentModels: AgentModels
    package let sessions: SessionService
    package let chat: ChatService
    package let chatLog: ChatLog
    package let approvals: ApprovalService
    package let approvalRules: ApprovalRuleService
    package let usage: UsageService
    package let events: EventService
    package let jobs: JobService
    package let preferences: PreferenceService
    package let credentials: CredentialService
    package let providerLogins: ProviderLoginService
    package let keyRotation: KeyRotation
    package let files: FileService
    package let commands: CommandService
    package let caches: CacheService
    package let terminals: TerminalService
    package let scripts: ScriptService
    package let activity: ActivityService
    /// Told of every use of a sandbox.
    package let sandboxActivity: SandboxActivity

    private let rootShells: RootShells
    let sandboxes: SessionSandboxes

    private let startup: StartupTasks
    private let recovery: Recovery
    private let runners: TurnRunners
    private let dispatcher: JobDispatcher
    private let watcher: SandboxWatcher
    private let idle: IdleMonitor
    private let diskMonitor: DiskMonitor
    private let refreshing: CredentialRefreshing
    private let learner: AgentLearner
    private let retention: Retention

    /// - Parameters:
    ///   - instance: Tells this run of the daemon from every other; job claims carry it.
    ///   - refreshers: Renew OAuth tokens in place of those that know the providers' logins.
    ///   - logins: Where providers are and who we are to them.
    ///   - idleTimeout: How long a sandbox nobody uses lives; `nil` for ever.
    ///   - disk: What sandboxes may take of the disk.
    ///   - suggestsFolders: `SUGGESTIONS_ENABLED`.
    ///   - shutDown: Begins the daemon's graceful shutdown.
    package init(
        store: Store,
        providers: SandboxProviders,
        repositories: Repositories,
        keys: SealingKeys,
        facts: SystemService.Facts,
        instance: String,
        refreshers: [any CredentialRefresher] = [],
        logins: LoginConfiguration = LoginConfiguration(),
        idleTimeout: Duration?,
        disk: DiskLimits = DiskLimits(),
        suggestsFolders: Bool = false,
        logger: Logger,
        shutDown: @escaping @Sendable () -> Void
    ) {
        let runners = TurnRunners(logger: logger)
        let ledger = Ledger(store: store, bells: Bells(), logger: logger, startRunner: runners.wake)
        let running = RunningJobs()
        let jobs = JobService(ledger: ledger, running: running)
        let activity = SandboxActivity(ledger: ledger, logger: logger)
        sandboxActivity = activity
        let sandboxes = SessionSandboxes(
            ledger: ledger,
            providers: providers,
            jobs: jobs,
            keys: keys,
            activity: activity,
            logger: logger
        )
        let sessions = SessionService(
            ledger: ledger,
            providers: providers,
            repositories: repositories,
            sandboxes: sandboxes,
            jobs: jobs,
            disk: disk
        )
        let vault = CredentialVault(ledger: ledger, keys: keys)
        let refreshing = CredentialRefreshing(
            vault: vault,
            refreshers: OAuthRefresher.all(logins) + refreshers,
            logger: logger
        )
        let delivery = CredentialDelivery(ledger: ledger, vault: vault, refreshing: refreshing)
        let models = AgentModels(ledger: ledger, sandboxes: sandboxes, credentials: delivery)
        let learner = AgentLearner(models: models, logger: logger)
        self.learner = learner
        self.refreshing = refreshing
        credentials = CredentialService(ledger: ledger, vault: vault, refreshing: refreshing)
        providerLogins = ProviderLoginService(vault: vault, bells: ledger.bells, configuration: logins)
        keyRotation = KeyRotation(ledger: ledger, keys: keys, logger: logger)
        runners.use { session in
            TurnRunner(
                sessionID: session,
                ledger: ledger,
                sandboxes: sandboxes,
                repositories: repositories,
                credentials: delivery,
                learner: learner,
                logger: logger
            )
        }
        self.sandboxes = sandboxes
        self.runners = runners
        self.jobs = jobs
        self.sessions = sessions
        let startup = StartupTasks(ledger: ledger, providers: providers, logger: logger)
        self.startup = startup
        system = SystemService(
            facts: facts,
            providers: providers,
            startupTasks: { startup.all },
            shutDown: shutDown
        )
        projects = ProjectService(ledger: ledger)
        workspaces = WorkspaceService(
            ledger: ledger,
            providers: providers,
            repositories: repositories,
            sessions: sessions,
            jobs: jobs
        )
        git = GitService(ledger: ledger, repositories: repositories)
        suggestions = SuggestionService(projects: projects, home: repositories.home, isEnabled: suggestsFolders)
        agents = AgentService(ledger: ledger, providers: providers)
        agentModels = models
        chat = ChatService(ledger: ledger, repositories: repositories, disk: disk)
        chatLog = ChatLog(ledger: ledger)
        approvals = ApprovalService(ledger: ledger)
        approvalRules = ApprovalRuleService(ledger: ledger)
        usage = UsageService(ledger: ledger)
        events = EventService(ledger: ledger)
        preferences = PreferenceService(ledger: ledger)
        files = FileService(ledger: ledger, sandboxes: sandboxes, repositories: repositories)
        commands = CommandService(
            ledger: ledger,
            sandboxes: sandboxes,
            providers: providers,
            activity: activity,
            disk: disk
        )
        caches = CacheService(ledger: ledger, providers: providers)
        rootShells = RootShells(activity: activity)
        terminals = TerminalService(
            ledger: ledger,
            sandboxes: sandboxes,
            providers: providers,
            projects: projects,
            activity: activity,
            roots: rootShells
        )
        scripts = ScriptService(ledger: ledger, sandboxes: sandboxes, activity: activity)
        self.activity = ActivityService(ledger: ledger, providers: providers)
        recovery = Recovery(
            ledger: ledger,
            instance: instance,
            logger: logger
        )
        dispatcher = JobDispatcher(
            ledger: ledger,
            executors: [
                WorkspaceInit(ledger: ledger, repositories: repositories),
                SessionInit(
                    ledger: ledger,
                    providers: providers,
                    repositories: repositories,
                    sandboxes: sandboxes,
                    jobs: jobs
                ),
                SessionDelete(
                    ledger: ledger,
                    providers: providers,
                    repositories: repositories,
                    sandboxes: sandboxes,
                    jobs: jobs
                ),
                SessionCommit(ledger: ledger, repositories: repositories, sandboxes: sandboxes, logger: logger),
            ],
            jobs: running,
            instance: instance,
            logger: logger
        )
        watcher = SandboxWatcher(
            ledger: ledger,
            providers: providers,
            sandboxes: sandboxes,
            jobs: jobs,
            installation: store.installation,
            logger: logger
        )
        idle = IdleMonitor(
            ledger: ledger,
            sandboxes: sandboxes,
            activity: activity,
            timeout: idleTimeout,
            logger: logger
        )
        diskMonitor = DiskMonitor(ledger: ledger, sandboxes: sandboxes, limits: disk, logger: logger)
        let retention = Retention(
            ledger: ledger,
            providers: providers,
            repositories: repositories,
            logger: logger
        )
        self.retention = retention
        members = MemberService(ledger: ledger)
        projectLife = ProjectLife(
            ledger: ledger,
            providers: providers,
            workspaces: workspaces,
            retention: retention
        )
    }

    /// Brings stored state and world together; before anything else is served.
    package func recover() async throws {
        try await recovery.run()
    }

    /// What runs for the daemon's life, in the order it is started.
    package var running: [any Service] {
        [
            keyRotation, refreshing, LoginCallbacks(logins: providerLogins), sandboxActivity, learner, runners,
            dispatcher, watcher, idle, diskMonitor, retention, rootShells, startup,
        ]
    }
}
