// swift-tools-version: 6.2
import PackageDescription

let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioWebSocket = Target.Dependency.product(name: "NIOWebSocket", package: "swift-nio")
let nioExtras = Target.Dependency.product(name: "NIOExtras", package: "swift-nio-extras")
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioHTTPTypesHTTP1 = Target.Dependency.product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let configuration = Target.Dependency.product(name: "Configuration", package: "swift-configuration")
let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")

let package = Package(
    name: "octobot",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "octobotd", targets: ["octobotd"]),
        .executable(name: "octoctl", targets: ["octoctl"]),
        .executable(name: "octobot-agent", targets: ["octobot-agent"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CLinux"),
        .target(name: "JSONText"),
        .target(name: "OctobotModel", dependencies: ["JSONText"]),
        .target(name: "JSONRPC", dependencies: ["JSONText", nio]),
        .target(name: "JSONRPCTransport", dependencies: ["JSONRPC", "JSONText", nio, nioPosix, logging, lifecycle]),
        .target(name: "OctobotAPI", dependencies: ["OctobotModel", "JSONText", httpTypes]),
        .target(name: "UIMessageStream", dependencies: ["JSONText"]),
        .target(name: "SandboxAgentAPI", dependencies: ["JSONText"]),
        .target(name: "AgentClientProtocol", dependencies: ["JSONText", "JSONRPC", "JSONRPCTransport", logging]),
        .target(name: "Systemd", dependencies: ["CSystemd", logging]),
        .target(name: "Sealing", dependencies: ["COpenSSL"]),
        .target(name: "ConfinedFiles", dependencies: ["CLinux"]),
        .target(name: "GitCommand", dependencies: ["CLinux", subprocess, logging]),
        .target(name: "DockerAddress", dependencies: ["JSONText"]),
        .target(
            name: "DockerEngine",
            dependencies: ["JSONText", "DockerAddress", asyncHTTPClient, nio, nioPosix, nioHTTP1]
        ),
        .target(
            name: "ProviderLogin",
            dependencies: ["JSONText", "Sealing", asyncHTTPClient, nio, nioPosix, nioHTTP1]
        ),
        .target(name: "SQLDatabase", dependencies: [grdb]),
        .target(name: "OctobotStore", dependencies: ["OctobotModel", "JSONText", "SQLDatabase"]),
        .target(
            name: "OctobotSandbox",
            dependencies: [
                "OctobotModel", "JSONText", "SandboxAgentAPI", "DockerAddress", "DockerEngine", "CLinux",
                asyncHTTPClient, nio, nioPosix, nioHTTP1,
                logging,
            ]
        ),
        .target(
            name: "OctobotServices",
            dependencies: [
                "JSONText", "OctobotModel", "OctobotAPI", "UIMessageStream", "SandboxAgentAPI", "Sealing", "GitCommand",
                "SQLDatabase", "OctobotStore", "OctobotSandbox", "ProviderLogin", "ConfinedFiles",
                logging, lifecycle,
            ]
        ),
        .target(
            name: "OctobotServer",
            dependencies: ["JSONText", "OctobotModel", "JSONRPC", "OctobotAPI", "OctobotServices", logging]
        ),
        .target(
            name: "OctobotSocket",
            dependencies: [
                "JSONText", "OctobotModel", "JSONRPC", "JSONRPCTransport", "OctobotAPI", "OctobotServices",
                "OctobotServer", nio,
                logging, lifecycle,
            ]
        ),
        .target(
            name: "OctobotGateway",
            dependencies: [
                "JSONText", "OctobotModel", "JSONRPCTransport", "OctobotAPI", "OctobotServices", "OctobotServer",
                hummingbirdCore, nio, nioPosix, nioHTTP1, nioWebSocket, nioExtras, nioHTTPTypes, nioHTTPTypesHTTP1,
                httpTypes, logging, lifecycle,
            ]
        ),
        .target(
            name: "OctobotClient",
            dependencies: ["JSONText", "OctobotModel", "JSONRPC", "OctobotAPI", "JSONRPCTransport", "CLinux"]
        ),
        .target(
            name: "OctoctlCommands",
            dependencies: [
                "JSONText", "OctobotModel", "OctobotAPI", "AgentClientProtocol", "OctobotClient", "DockerAddress",
                argumentParser,
            ]
        ),
        .target(
            name: "OctobotAgentService",
            dependencies: [
                "JSONText", "UIMessageStream", "SandboxAgentAPI", "AgentClientProtocol", "GitCommand", "COpenSSL",
                "CLinux", "ConfinedFiles", hummingbirdCore, nio, nioPosix, nioHTTP1, nioHTTPTypes,
                httpTypes, logging,
            ]
        ),
        .executableTarget(
            name: "octobotd",
            dependencies: [
                "OctobotModel", "JSONRPCTransport", "OctobotAPI", "Systemd", "Sealing", "GitCommand", "OctobotStore",
                "OctobotSandbox", "ProviderLogin",
                "OctobotServices", "OctobotServer", "OctobotSocket", "OctobotGateway", "CLinux",
                configuration, systemPackage, logging, lifecycle, signals, argumentParser, nio, nioPosix,
            ]
        ),
        .executableTarget(name: "octoctl", dependencies: ["OctoctlCommands"]),
        .executableTarget(name: "octobot-agent", dependencies: ["OctobotAgentService", logging, argumentParser]),
        .target(
            name: "OctobotTestSupport",
            dependencies: ["JSONText", "Sealing", "CLinux", subprocess, logging, nio, nioPosix, nioHTTP1],
            path: "Tests/OctobotTestSupport"
        ),
        .testTarget(name: "RepositoryTests"),
        .testTarget(name: "JSONTextTests", dependencies: ["JSONText", "OctobotTestSupport"]),
        .testTarget(name: "OctobotModelTests", dependencies: ["OctobotModel", "JSONText"]),
        .testTarget(name: "JSONRPCTests", dependencies: ["JSONRPC", "JSONText", "OctobotTestSupport", nio]),
        .testTarget(
            name: "JSONRPCTransportTests",
            dependencies: [
                "JSONRPCTransport", "JSONRPC", "JSONText", "OctobotTestSupport", "CLinux", nio, nioPosix, logging,
                lifecycle,
            ]
        ),
        .testTarget(
            name: "OctobotAPITests",
            dependencies: [
                "OctobotAPI", "OctobotModel", "JSONText", httpTypes,
            ]
        ),
        .testTarget(name: "UIMessageStreamTests", dependencies: ["UIMessageStream", "JSONText"]),
        .testTarget(name: "SandboxAgentAPITests", dependencies: ["SandboxAgentAPI", "UIMessageStream", "JSONText"]),
        .testTarget(
            name: "AgentClientProtocolTests",
            dependencies: [
                "AgentClientProtocol", "JSONRPC", "JSONRPCTransport", "JSONText",
            ]
        ),
        .testTarget(name: "SystemdTests", dependencies: ["Systemd", "OctobotTestSupport", "CLinux", logging]),
        .testTarget(name: "SealingTests", dependencies: ["Sealing", "OctobotTestSupport"]),
        .testTarget(name: "ConfinedFilesTests", dependencies: ["ConfinedFiles", "OctobotTestSupport"]),
        .testTarget(name: "GitCommandTests", dependencies: ["GitCommand", "OctobotTestSupport", "CLinux"]),
        .testTarget(name: "DockerAddressTests", dependencies: ["DockerAddress", "OctobotTestSupport"]),
        .testTarget(
            name: "DockerEngineTests",
            dependencies: ["DockerEngine", "JSONText", "OctobotTestSupport", nio, nioPosix, nioHTTP1]
        ),
        .testTarget(
            name: "ProviderLoginTests",
            dependencies: ["ProviderLogin", "OctobotTestSupport", asyncHTTPClient, nio, nioHTTP1]
        ),
        .testTarget(name: "SQLDatabaseTests", dependencies: ["SQLDatabase", "OctobotTestSupport"]),
        .testTarget(
            name: "OctobotStoreTests",
            dependencies: [
                "OctobotStore", "OctobotModel", "SQLDatabase", "JSONText", "OctobotTestSupport",
            ]
        ),
        .testTarget(
            name: "OctobotSandboxTests",
            dependencies: [
                "OctobotSandbox", "OctobotModel", "JSONText", "SandboxAgentAPI", "DockerEngine", "UIMessageStream",
                "OctobotTestSupport", "CLinux", nio, nioPosix, nioHTTP1, logging, asyncHTTPClient,
            ]
        ),
        .testTarget(
            name: "OctobotServicesTests",
            dependencies: [
                "OctobotServices", "OctobotModel", "JSONText", "OctobotAPI", "OctobotStore", "OctobotSandbox",
                "SQLDatabase", "UIMessageStream", "SandboxAgentAPI", "GitCommand", "Sealing", "ProviderLogin",
                "OctobotTestSupport", asyncHTTPClient,
                nio, logging, lifecycle,
            ]
        ),
        .testTarget(
            name: "OctobotServerTests",
            dependencies: [
                "OctobotServer", "OctobotModel", "JSONText", "OctobotAPI", "JSONRPC", "OctobotServices", "OctobotStore",
                "OctobotSandbox", "GitCommand", "Sealing", "OctobotTestSupport", logging,
            ]
        ),
        .testTarget(
            name: "OctobotSocketTests",
            dependencies: [
                "OctobotSocket", "OctobotClient", "OctobotModel", "JSONText", "OctobotAPI", "JSONRPC",
                "JSONRPCTransport",
                "OctobotServices", "OctobotServer", "OctobotTestSupport", nio, nioPosix, logging, lifecycle,
            ]
        ),
        .testTarget(
            name: "OctobotGatewayTests",
            dependencies: [
                "OctobotGateway", "OctobotModel", "JSONText", "OctobotAPI", "OctobotServices", "OctobotServer",
                "OctobotTestSupport", nio, nioPosix, nioHTTP1, httpTypes, logging, lifecycle, asyncHTTPClient,
            ]
        ),
        .testTarget(
            name: "OctobotBoundaryTests",
            dependencies: [
                "OctobotModel", "JSONText", "OctobotAPI", "JSONRPC", "JSONRPCTransport", "SQLDatabase", "OctobotStore",
                "OctobotSandbox",
                "GitCommand", "Sealing", "ProviderLogin", "OctobotServices", "OctobotServer", "OctobotSocket",
                "OctobotGateway", "OctobotTestSupport", nio, logging, lifecycle,
            ]
        ),
        .testTarget(
            name: "OctoctlCommandsTests",
            dependencies: [
                "OctoctlCommands", "OctobotModel", "OctobotAPI", "OctobotClient", "AgentClientProtocol", "JSONText",
                "JSONRPC", "OctobotTestSupport", argumentParser,
            ]
        ),
        .testTarget(
            name: "OctobotAgentServiceTests",
            dependencies: [
                "OctobotAgentService", "JSONText", "UIMessageStream", "SandboxAgentAPI", "AgentClientProtocol",
                "ConfinedFiles",
                "JSONRPC", "JSONRPCTransport", "GitCommand", "CLinux", "OctobotTestSupport", "octobot-agent", nio,
                nioPosix,
                nioHTTP1, logging, asyncHTTPClient,
            ]
        ),
        .testTarget(
            name: "OctobotEndToEndTests",
            dependencies: [
                "JSONText", "OctobotModel", "OctobotAPI", "JSONRPC", "JSONRPCTransport", "OctobotClient",
                "UIMessageStream", "AgentClientProtocol",
                "OctobotTestSupport", "octobotd", "octoctl", "octobot-agent", logging, asyncHTTPClient, nio, nioHTTP1,
                httpTypes,
                "CLinux",
            ]
        ),
    ]
)

for target in package.targets where target.type != .system {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .treatAllWarnings(as: .error),
    ]
}
