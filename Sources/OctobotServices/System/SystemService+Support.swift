import Foundation
package import OctobotAPI
package import OctobotModel

extension SystemService {
    /// `system.serverConfig`: there is no SSH server (decision 10).
    package func serverConfiguration(
        _ params: SystemServerConfig.Params,
        _ call: Call
    ) async throws(Fault) -> SystemServerConfig.Result {
        SystemServerConfig.Result(sshPort: 0)
    }

    /// `system.routes`.
    package func routes(_ params: SystemRoutes.Params, _ call: Call) async throws(Fault) -> Page<RouteInfo> {
        Page(items: Operations.routes)
    }

    /// `system.openapi`.
    package func openAPI(_ params: SystemOpenAPI.Params, _ call: Call) async throws(Fault) -> OpenAPIDocument {
        OpenAPI.document(version: facts.version)
    }

    /// `system.supportInfo`: nothing of the environment, and only settings named here.
    package func supportInfo(_ params: SystemSupportInfo.Params, _ call: Call) async throws(Fault) -> SupportInfo {
        let log = await LogTail.read(facts.logFile)
        return SupportInfo(
            version: facts.version,
            runtime: Self.runtime,
            config: SupportInfo.Settings(
                port: gatewayURL.flatMap { $0.split(separator: ":").last }.flatMap { Int($0) } ?? 0,
                workspaceFolder: setting("WORKSPACE_DIR"),
                sandboxImage: setting("SANDBOX_IMAGE"),
                availableProviders: providers.names
            ),
            serverLog: log ?? "",
            logPath: facts.logFile,
            logExists: log != nil,
            systemInfo: try await status(SystemStatus.Params(), call)
        )
    }

    private func setting(_ name: String) -> String {
        facts.configuration.first { $0.name == name && !$0.isSecret }?.value ?? ""
    }

    private static var runtime: SupportInfo.Runtime {
        let threads: Int
        do {
            threads = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count
        } catch {
            // Without /proc the number stays unknown; nobody depends on it.
            threads = 0
        }
        return SupportInfo.Runtime(
            os: "linux",
            arch: architecture,
            language: "Swift \(languageVersion)",
            processors: ProcessInfo.processInfo.processorCount,
            threads: threads
        )
    }

    /// The name browser clients know.
    private static var architecture: String {
        #if arch(x86_64)
        "amd64"
        #elseif arch(arm64)
        "arm64"
        #else
        "unknown"
        #endif
    }

    private static var languageVersion: String {
        #if compiler(>=6.4)
        "6.4 or later"
        #else
        "6.3"
        #endif
    }
}
