import CLinux
import Foundation
import JSONText
import OctobotTestSupport

/// Things of the host that a sandbox must not get at, there while `body` runs; what they are is told in JSON.
func withProbeFacts<Value: Sendable>(
    in folder: URL,
    _ body: ([String: JSONValue]) async throws -> Value
) async throws -> Value {
    var life: [Int32] = [0, 0]
    var report: [Int32] = [0, 0]
    guard pipe2(&life, O_CLOEXEC) == 0, pipe2(&report, O_CLOEXEC) == 0 else {
        throw TestDaemon.Failure(description: "pipe: \(String(cString: strerror(errno)))")
    }
    let path = folder.path(percentEncoded: false)
    let host = try ChildProcess(
        "/usr/bin/env",
        ["python3", "-I", "-c", ProbeProgram.host, path],
        environment: ProcessInfo.processInfo.environment,
        output: path + "/probe-host.log",
        inherited: [life[0], report[1]]
    )
    close(life[0])
    close(report[1])
    let said = FileHandle(fileDescriptor: report[0], closeOnDealloc: true)
    do {
        let facts = try JSONCoding.decode([String: JSONValue].self, from: try said.readToEnd() ?? Data())
        let value = try await body(facts)
        close(life[1])
        _ = await host.status
        return value
    } catch {
        close(life[1])
        _ = await host.status
        throw error
    }
}

extension ProbeProgram {
    /// The runner with its job in it.
    static func runner(_ probes: [Probe], facts: [String: JSONValue], isControl: Bool) -> String {
        let job: JSONValue = [
            "isControl": .bool(isControl), "facts": .object(facts),
            "probes": .array(probes.map { [.string($0.name), .string($0.body)] }),
        ]
        return runner.replacing("@JOB@", with: String(decoding: job.serialized(), as: UTF8.self))
    }

    /// What a run of the runner printed: how each probe ended, by name.
    static func results(_ output: String) throws -> [String: String] {
        try JSONCoding.decode([String: String].self, from: Data(output.utf8))
    }
}
