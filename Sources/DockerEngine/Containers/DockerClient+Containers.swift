import Foundation
import NIOCore
import NIOHTTP1

extension DockerClient {
    /// Makes a container and gives its id.
    ///
    /// - Throws: ``DockerError/notFound(_:)`` when its image is not there, ``DockerError/conflict(_:)`` when its name is taken.
    package func createContainer(_ spec: ContainerSpec, name: String? = nil) async throws(DockerError) -> String {
        var call = EngineCall(.POST, "/containers/create")
        if let name { call.query = [("name", name)] }
        call.limit = .seconds(120)
        try call.setBody(spec)
        return try await send(call, as: Created.self).id
    }

    /// - Throws: ``DockerError/notModified`` when it runs already.
    package func startContainer(_ id: String) async throws(DockerError) {
        var call = try Self.container(id, .POST, "/start")
        call.limit = .seconds(120)
        try await send(call)
    }

    /// Asks it to end, and kills it after `grace`; returns once it has ended.
    ///
    /// - Throws: ``DockerError/notModified`` when it does not run.
    package func stopContainer(_ id: String, grace: Duration) async throws(DockerError) {
        let seconds = max(0, min(grace.components.seconds, 86_400))
        var call = try Self.container(id, .POST, "/stop")
        call.query = [("t", String(seconds))]
        call.limit = .seconds(seconds + 60)
        try await send(call)
    }

    /// Sends a signal, such as `KILL`.
    ///
    /// - Throws: ``DockerError/conflict(_:)`` when it does not run.
    package func killContainer(_ id: String, signal: String = "KILL") async throws(DockerError) {
        var call = try Self.container(id, .POST, "/kill")
        call.query = [("signal", signal)]
        try await send(call)
    }

    package func pauseContainer(_ id: String) async throws(DockerError) {
        try await send(try Self.container(id, .POST, "/pause"))
    }

    package func unpauseContainer(_ id: String) async throws(DockerError) {
        try await send(try Self.container(id, .POST, "/unpause"))
    }

    /// Removes a container and the volumes without name that it had.
    ///
    /// - Parameter isForced: Kills it first.
    /// - Throws: ``DockerError/conflict(_:)`` when it runs and may not be killed, or is being removed.
    package func removeContainer(_ id: String, isForced: Bool = false) async throws(DockerError) {
        var call = try Self.container(id, .DELETE)
        call.query = [("v", "true"), ("force", isForced ? "true" : "false")]
        call.limit = .seconds(120)
        try await send(call)
    }

    package func inspectContainer(_ id: String) async throws(DockerError) -> ContainerDetails {
        try await send(try Self.container(id, .GET, "/json"), as: ContainerDetails.self)
    }

    /// Containers in any state that carry all of the labels, given as `key` or `key=value`.
    package func listContainers(labels: [String]) async throws(DockerError) -> [ContainerSummary] {
        var call = EngineCall(.GET, "/containers/json")
        call.query = [("all", "true")]
        try call.setFilters(labels.isEmpty ? [:] : ["label": labels])
        call.maximum = 64 << 20
        return try await send(call, as: [ContainerSummary].self)
    }

    /// Waits until it does not run, and gives the status it ended with.
    ///
    /// - Throws: ``DockerError/timedOut(_:)`` after `limit`.
    package func waitForContainer(_ id: String, limit: Duration) async throws(DockerError) -> Int {
        struct Ending: Decodable {
            var StatusCode: Int
        }
        var call = try Self.container(id, .POST, "/wait")
        call.query = [("condition", "not-running")]
        call.limit = limit
        return try await send(call, as: Ending.self).StatusCode
    }

    /// The last lines it wrote to output and errors, in the order they came.
    ///
    /// - Parameter hasTerminal: As it was made; without one the streams are in frames.
    /// - Throws: ``DockerError/invalidAnswer(_:)`` for more than 1 MiB.
    package func containerLog(
        _ id: String,
        lines: Int,
        hasTerminal: Bool = false
    ) async throws(DockerError) -> [UInt8] {
        var call = try Self.container(id, .GET, "/logs")
        call.query = [("stdout", "true"), ("stderr", "true"), ("tail", String(lines))]
        let body = try await send(call).body
        guard !hasTerminal else { return Array(body.readableBytesView) }
        var frames = StreamDemultiplexer()
        frames.append(body)
        var log: [UInt8] = []
        while let chunk = try frames.next() { log += chunk.bytes.readableBytesView }
        return log
    }

    /// The programs that run in it, as process ids of the host.
    ///
    /// - Throws: ``DockerError/conflict(_:)`` when it does not run.
    package func containerProcesses(_ id: String) async throws(DockerError) -> [Int] {
        struct Table: Decodable {
            var Titles: [String]
            var Processes: [[String]]?
        }
        var call = try Self.container(id, .GET, "/top")
        call.query = [("ps_args", "-eo pid")]
        let table = try await send(call, as: Table.self)
        guard let column = table.Titles.firstIndex(of: "PID") else {
            throw .invalidAnswer("a process table without PID")
        }
        return (table.Processes ?? []).compactMap { $0.indices.contains(column) ? Int($0[column]) : nil }
    }

    struct Created: Decodable {
        var id: String

        enum CodingKeys: String, CodingKey { case id = "Id" }
    }

    static func container(_ id: String, _ method: HTTPMethod, _ rest: String = "") throws(DockerError) -> EngineCall {
        EngineCall(method, "/containers/\(try EngineCall.component(id))\(rest)")
    }
}
