import Foundation
import GitCommand
import JSONRPCTransport
import Logging
import OctobotAPI
import OctobotGateway
import OctobotModel
import OctobotSandbox
import OctobotServer
import OctobotServices
import OctobotSocket
import OctobotStore
import ServiceLifecycle
import Systemd
import UnixSignals

/// Everything the daemon is made of, constructed in the order of dependency; serves nobody before ``run()``.
struct Daemon {
    private let lock: InstanceLock
    private let configuration: DaemonConfiguration
    private let store: Store
    private let services: Services
    private let egress: EgressService?
    private let gateway: GatewayService?
    private let socket: SocketService
    private let shutdown: ShutdownRequest
    private let handover: Handover
    private let logger: Logger

    /// Takes the lock, opens the store, binds the sockets and brings stored state and world together.
    ///
    /// Returns `nil` when another daemon serves already.
    init?(_ configuration: DaemonConfiguration, logger: Logger) async throws {
        try Folders.prepare(configuration)
        let path = configuration.socketPath
        let inherited = try ListenDescriptors.take()
        // An inherited socket always accepts; who else serves, if anybody, does so on a socket nobody reaches any more.
        let lock = try await InstanceLock.take(at: configuration.stateFolder + "/lock") {
            inherited["rpc"] == nil && Folders.isServed(path)
        }
        guard let lock else { return nil }
        let keys = try configuration.sealingKeys()
        let store = try await Store(path: configuration.databasePath)
        let instance = Identifier<Job>.random().rawValue
        let shutdown = ShutdownRequest()
        let git = try Git(
            directory: configuration.stateFolder + "/git",
            environment: configuration.environment,
            logger: logger
        )
        let searchPath = configuration.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
        let services = Services(
            store: store,
            providers: SandboxProviders(
                [
                    try LocalProvider(
                        configuration.localProvider(searchPath: searchPath, installation: store.installation),
                        logger: logger
                    ),
                    DockerProvider(
                        configuration.dockerProvider(searchPath: searchPath, installation: store.installation),
                        logger: logger
                    ),
                ],
                preferred: configuration.sandboxProvider
            ),
            repositories: Repositories(
                git: git,
                folder: configuration.workspaceFolder,
                home: configuration.environment["HOME"] ?? NSHomeDirectory(),
                logger: logger
            ),
            keys: keys,
            facts: SystemService.Facts(
                version: Version.current,
                socket: path,
                configuration: configuration.entries,
                logFile: configuration.stateFolder + "/octobotd.log"
            ),
            instance: instance,
            logins: configuration.logins,
            idleTimeout: configuration.sandboxes.idleTimeout,
            disk: configuration.diskLimits,
            suggestsFolders: configuration.suggestsFolders,
            logger: logger,
            shutDown: shutdown.request
        )
        let table = OperationTable(services: services, logger: logger)
        let census = ConnectionCensus()
        gateway = try await Self.gateway(configuration, inherited["http"], census, table, services, logger)
        services.system.gatewayURL = gateway?.url
        var serving = SocketConfiguration(
            endpoint: inherited["rpc"].map { .descriptor($0) }
                ?? .path(path, group: configuration.socketGroup),
            version: Version.current,
            instance: instance,
            gateway: { services.system.gatewayURL }
        )
        serving.admitsGroup = configuration.socketGroup != nil
        serving.census = census
        socket = try await SocketService.bind(serving, table: table, logger: logger)
        egress = try EgressService(configuration, logger: logger)
        try await services.recover()
        self.lock = lock
        self.configuration = configuration
        self.store = store
        self.services = services
        self.shutdown = shutdown
        handover = Handover(inherited, servesHTTP: gateway != nil)
        self.logger = logger
    }

    /// Serves until SIGTERM, SIGINT, `system.shutdown` or, when socket-activated, idleness.
    func run() async throws {
        let notifier = ServiceNotifier()
        // What it knows of a service is its name; what the services have to say they say themselves.
        var silent = logger
        silent.logLevel = .critical
        var parts: [any Service] = egress.map { [$0] } ?? []
        parts += services.running
        if let gateway { parts.append(gateway) }
        parts.append(socket)
        var group = ServiceGroupConfiguration(
            services: parts.map { .named($0) },
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: silent
        )
        group.maximumGracefulShutdownDuration = .seconds(15)
        group.maximumCancellationDuration = .seconds(5)
        group.services.append(.named(Watchdog(notifier: notifier, store: store, logger: logger)))
        group.services.append(.named(QuietMemory(census: socket.census)))
        group.services.append(.named(shutdown, whenDone: .gracefullyShutdownGroup))
        if let limit = handover.idleLimit(configuration.idleExit, logger) {
            let idle = IdleExit(
                limit: limit,
                census: socket.census,
                gates: [socket.gate] + (gateway.map { [$0.gate] } ?? []),
                activity: services.activity,
                logger: logger
            )
            group.services.append(.named(idle, whenDone: .gracefullyShutdownGroup))
        }
        let address = gateway?.url ?? "no HTTP gateway"
        group.services.append(
            .named(Readiness(notifier: notifier, status: "Serving \(configuration.socketPath), \(address)"))
        )
        logger.notice(
            "Serving",
            metadata: ["socket": "\(configuration.socketPath)", "gateway": "\(gateway?.url ?? "off")"]
        )
        try await ServiceGroup(configuration: group).run()
        try store.close()
    }

    /// The gateway, unless it is off, or nobody asked for the standard port and somebody else has it (decision 57).
    private static func gateway(
        _ configuration: DaemonConfiguration,
        _ inherited: Int32?,
        _ census: ConnectionCensus,
        _ table: OperationTable,
        _ services: Services,
        _ logger: Logger
    ) async throws -> GatewayService? {
        let endpoint: GatewayConfiguration.Endpoint
        switch (inherited, configuration.port) {
        case (.some, .off):
            throw ConfigurationError(
                name: "PORT",
                value: "off",
                problem: "contradicts the HTTP socket that the service manager hands over",
                allowed: "off only while octobotd-http.socket is disabled"
            )
        case (let descriptor?, _): endpoint = .descriptor(descriptor)
        case (nil, .off): return nil
        case (nil, .number(let port)): endpoint = .bind(host: configuration.httpHost, port: port)
        case (nil, .standard): endpoint = .bind(host: configuration.httpHost, port: 3001)
        }
        var serving = GatewayConfiguration(endpoint: endpoint)
        serving.allowedHosts = configuration.allowedHosts
        serving.corsOrigins = configuration.corsOrigins
        serving.census = census
        do {
            return try await GatewayService.bind(
                serving,
                table: table,
                streams: ServiceStreams(services),
                peers: SameUserPeers(users: [geteuid()]),
                logger: logger
            )
        } catch .addressInUse(let host, let port) where configuration.port == .standard {
            logger.warning(
                "The HTTP gateway is off: another program has its port; set PORT to another one, or to off",
                metadata: ["address": "\(host):\(port)"]
            )
            return nil
        } catch .addressInUse(let host, let port) {
            throw ConfigurationError(
                name: "PORT",
                value: "\(port)",
                problem: "\(host):\(port) is in use by another program",
                allowed: "a free port, 0 for any, or off"
            )
        }
    }
}

extension ServiceGroupConfiguration.ServiceConfiguration {
    /// A service by the name of its type: the default describes it in full, settings and environment included, which
    /// must never be logged and takes a good part of the start.
    fileprivate static func named(_ service: any Service, whenDone: TerminationBehavior = .cancelGroup) -> Self {
        Self(service: service, successTerminationBehavior: whenDone, serviceName: "\(type(of: service))")
    }
}

extension DaemonConfiguration {
    fileprivate var diskLimits: DiskLimits {
        DiskLimits(
            home: sandboxes.limits.diskMegabytes.map { Int64($0) << 20 },
            reserve: Int64(sandboxes.diskReserveMegabytes) << 20,
            folder: dataFolder
        )
    }

    fileprivate func dockerProvider(searchPath: String, installation: String) -> DockerConfiguration {
        var docker = DockerConfiguration(
            image: sandboxes.image,
            network: sandboxes.network,
            dataFolder: dataFolder,
            agentBinary: agentBinary,
            searchPath: searchPath,
            installation: installation,
            environment: environment
        )
        docker.environment["DOCKER_HOST"] = sandboxes.dockerHost
        docker.limits = sandboxes.limits
        docker.hasCaches = sandboxes.hasCaches
        return docker
    }

    fileprivate func localProvider(searchPath: String, installation: String) -> LocalConfiguration {
        var local = LocalConfiguration(
            dataFolder: dataFolder,
            stateFolder: stateFolder,
            agentBinary: agentBinary,
            readablePaths: readablePaths,
            isolationIsOff: isolationIsOff,
            networkIsHost: networkIsHost,
            searchPath: searchPath,
            installation: installation
        )
        local.limits = sandboxes.limits
        local.hasCaches = sandboxes.hasCaches
        local.environment = environment
        return local
    }
}
