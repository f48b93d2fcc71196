import Foundation
import JSONText
import NIOPosix
import SandboxAgentAPI

/// Runs hooks: in the workspace, without credentials, with a limit, and nothing of them lives on.
struct HookRunner: Sendable {
    /// Bytes of output that are kept.
    static let outputLimit = 1 << 20

    var commands: CommandSet
    var records: HookRecords
    var workspace: String
    var session: String

    /// Runs one and writes down how it did; gives its exit status.
    func run(_ hook: HookFile, limit: Duration, files: [String]? = nil) async -> Int {
        let outputPath = records.outputPath(of: hook.id)
        await change { status in
            var record =
                status.hooks[hook.id]
                ?? HookStatus(
                    hookID: hook.id,
                    hookName: hook.name,
                    type: hook.kind,
                    outputPath: outputPath
                )
            record.hookName = hook.name
            record.type = hook.kind
            record.lastRunAt = AgentTime.text()
            record.lastResult = .running
            status.hooks[hook.id] = record
        }
        let (code, output) = await perform(hook, limit, files)
        await runBlocking { _ = StateFile.replace(outputPath, with: output) }
        await change { $0.hooks[hook.id] = $0.hooks[hook.id]?.ended(code) }
        return code
    }

    private func change(_ body: @escaping @Sendable (inout HooksStatus) -> Void) async {
        await runBlocking { [records] in records.change(body) }
    }

    private func perform(_ hook: HookFile, _ limit: Duration, _ files: [String]?) async -> (Int, [UInt8]) {
        if hook.wantsRoot {
            return (126, Array("run_as: root: no sandbox has a root for its workspace's scripts.\n".utf8))
        }
        var variables = [
            "OCTOBOT_HOOK_TYPE": hook.kind.rawValue, "OCTOBOT_SESSION_ID": session,
            "OCTOBOT_WORKSPACE": workspace,
        ]
        if let files { variables["OCTOBOT_CHANGED_FILES"] = files.joined(separator: " ") }
        let request = RunCommand(
            arguments: [hook.path],
            environment: variables,
            timeout: Int(limit.components.seconds * 1000),
            outputLimit: Self.outputLimit
        )
        do {
            let reader = try await NIOThreadPool.singleton.runIfActive { [commands] in
                try commands.start(request, as: .hook)
            }
            return try await read(CommandOutput(reader))
        } catch HandRefusal.commandNotFound(let name) {
            return (127, Array("\(name) is not there.\n".utf8))
        } catch {
            return (126, Array("It could not be started: \(error)\n".utf8))
        }
    }

    private func read(_ source: CommandOutput) async throws -> (Int, [UInt8]) {
        defer { source.close() }
        var parser = OutputRecordParser()
        var output: [UInt8] = []
        var code = 137
        while let bytes = try await source.next() {
            for record in try parser.consume(bytes) {
                switch record.kind {
                case .output, .errors: output += record.payload
                case .end:
                    let end = try JSONCoding.decode(CommandEnd.self, from: record.payload)
                    code = end.isTimedOut ? 124 : end.exitCode ?? 128 + (end.signal ?? 9)
                case .quiet, .gap: break
                }
            }
        }
        return (code, output)
    }
}
