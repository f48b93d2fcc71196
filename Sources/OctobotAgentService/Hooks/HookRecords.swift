import Foundation
import JSONText
import SandboxAgentAPI
import Synchronization

/// What is kept of hooks: `status.json`, the time of the last look, and the output of each (agent-api.md §11.4).
final class HookRecords: Sendable {
    /// The folder of all of it.
    let folder: String
    private let status: Mutex<HooksStatus>

    init(folder: String) {
        self.folder = folder
        let data = (try? Data(contentsOf: URL(filePath: folder + "/status.json"))) ?? Data()
        // Anybody in the sandbox may have written it.
        var stored = HooksStatus()
        if (try? JSONScanner.check(data)) != nil,
            let known = try? JSONCoding.decode(HooksStatus.self, from: data)
        {
            stored = known
        }
        // What ran when the service ended did not succeed.
        for (id, hook) in stored.hooks where hook.lastResult == .running || !ScriptFile.isID(id) {
            stored.hooks[id] = ScriptFile.isID(id) ? hook.ended(137) : nil
        }
        status = Mutex(stored)
    }

    var current: HooksStatus { status.withLock { $0 } }

    /// Changes what is kept; blocks for writing it down.
    @discardableResult
    func change<Value: Sendable>(_ body: (inout HooksStatus) -> Value) -> Value {
        // Under the lock, so that a later state is not overwritten by an earlier one.
        status.withLock { status in
            let value = body(&status)
            // Texts and numbers: there is nothing that could not be written.
            if let bytes = try? JSONCoding.encode(status) {
                StateFile.replace(folder + "/status.json", with: Array(bytes))
            }
            return value
        }
    }

    func outputPath(of id: String) -> String { "\(folder)/output/\(id).log" }

    /// What it wrote when it last ran; empty when it has not.
    func output(of id: String) -> String {
        guard ScriptFile.isID(id), let file = FileHandle(forReadingAtPath: outputPath(of: id)) else {
            return ""
        }
        defer { try? file.close() }
        return String(
            decoding: (try? file.read(upToCount: HookRunner.outputLimit)) ?? Data(),
            as: UTF8.self
        )
    }
}

extension HookStatus {
    /// The same after it ended.
    func ended(_ code: Int) -> HookStatus {
        var copy = self
        copy.lastExitCode = code
        copy.lastResult = code == 0 ? .success : .failure
        copy.runCount += 1
        copy.failCount += code == 0 ? 0 : 1
        copy.consecutiveFailures = code == 0 ? 0 : consecutiveFailures + 1
        return copy
    }
}
