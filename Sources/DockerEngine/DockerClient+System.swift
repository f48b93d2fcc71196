import NIOHTTP1

/// What an engine says to a ping.
package struct EnginePing: Sendable, Equatable {
    /// The newest version of the API it speaks.
    package var version: DockerVersion
}

/// An engine's own version.
package struct EngineVersion: Sendable, Decodable, Equatable {
    /// Such as `20.10.24`.
    package var version: String
    package var apiVersion: String
    package var operatingSystem: String
    package var architecture: String

    enum CodingKeys: String, CodingKey {
        case version = "Version"
        case apiVersion = "ApiVersion"
        case operatingSystem = "Os"
        case architecture = "Arch"
    }
}

/// What an engine can and enforces.
package struct EngineInfo: Sendable, Decodable, Equatable {
    package var processors: Int
    package var memoryBytes: Int64
    package var enforcesMemory: Bool?
    package var enforcesProcesses: Bool?
    package var enforcesProcessors: Bool?
    /// Whether traffic within a bridge passes the packet filter, which networks without `enable_icc` need; newer engines
    /// load the module themselves and do not tell.
    package var filtersBridges: Bool?
    /// Such as `name=seccomp,profile=default`, `name=rootless`.
    package var securityOptions: [String]?
    package var warnings: [String]?
    package var rootFolder: String?

    /// Whether containers may be given a filter of system calls (seccomp(2)).
    package var filtersSystemCalls: Bool {
        securityOptions?.contains { $0.split(separator: ",").contains("name=seccomp") } ?? false
    }

    enum CodingKeys: String, CodingKey {
        case processors = "NCPU"
        case memoryBytes = "MemTotal"
        case enforcesMemory = "MemoryLimit"
        case enforcesProcesses = "PidsLimit"
        case enforcesProcessors = "CpuCfsQuota"
        case filtersBridges = "BridgeNfIptables"
        case securityOptions = "SecurityOptions"
        case warnings = "Warnings"
        case rootFolder = "DockerRootDir"
    }
}

extension DockerClient {
    /// Asks whether the engine is there; speaks no version.
    ///
    /// - Throws: ``DockerError/invalidAnswer(_:)`` when something else than an engine answers.
    package func ping(limit: Duration = .seconds(5)) async throws(DockerError) -> EnginePing {
        var call = EngineCall(.GET, "/_ping")
        call.limit = limit
        call.maximum = 64 << 10
        let answer: EngineConnection.Answer
        do {
            answer = try await connection.send(call, version: nil)
        } catch {
            throw noted(error)
        }
        guard let text = answer.headers.first(name: "Api-Version"), let version = DockerVersion(text) else {
            throw .invalidAnswer("its answer names no version of the API")
        }
        return EnginePing(version: version)
    }

    package func engineVersion() async throws(DockerError) -> EngineVersion {
        try await send(EngineCall(.GET, "/version"), as: EngineVersion.self)
    }

    package func info() async throws(DockerError) -> EngineInfo {
        try await send(EngineCall(.GET, "/info"), as: EngineInfo.self)
    }
}
