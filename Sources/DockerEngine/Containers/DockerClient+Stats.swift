import NIOHTTP1

/// What a container uses at one moment.
package struct ContainerStats: Sendable, Equatable {
    /// Without what the kernel could drop at once.
    package var memoryBytes: Int64?
    package var memoryLimit: Int64?
    /// Processor time since its start.
    package var processorNanoseconds: Int64?
    /// Processors it could use.
    package var processors: Int?
    package var processes: Int?
    package var processLimit: Int64?
}

extension DockerClient {
    /// One reading; a container that does not run uses nothing.
    package func containerStats(_ id: String) async throws(DockerError) -> ContainerStats {
        var call = try Self.container(id, .GET, "/stats")
        call.query = [("stream", "false"), ("one-shot", "true")]
        return try await send(call, as: ContainerStats.self)
    }
}

extension ContainerStats: Decodable {
    private struct Memory: Decodable {
        var usage: UInt64?
        var limit: UInt64?
        /// cgroup v1 has `total_inactive_file`, v2 `inactive_file`.
        var stats: [String: UInt64]?
    }

    private struct Processor: Decodable {
        struct Usage: Decodable {
            var total_usage: UInt64?
        }

        var cpu_usage: Usage?
        var online_cpus: Int?
    }

    private struct Processes: Decodable {
        var current: UInt64?
        var limit: UInt64?
    }

    private enum Keys: String, CodingKey {
        case memory_stats, cpu_stats, pids_stats
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Keys.self)
        let memory = try values.decodeIfPresent(Memory.self, forKey: .memory_stats)
        let cache = memory?.stats?["total_inactive_file"] ?? memory?.stats?["inactive_file"] ?? 0
        memoryBytes = memory?.usage.map { Int64(clamping: $0 >= cache ? $0 - cache : $0) }
        memoryLimit = memory?.limit.map { Int64(clamping: $0) }
        let processor = try values.decodeIfPresent(Processor.self, forKey: .cpu_stats)
        processorNanoseconds = processor?.cpu_usage?.total_usage.map { Int64(clamping: $0) }
        processors = processor?.online_cpus
        let counted = try values.decodeIfPresent(Processes.self, forKey: .pids_stats)
        processes = counted?.current.map { Int(clamping: $0) }
        processLimit = counted?.limit.map { Int64(clamping: $0) }
    }
}
