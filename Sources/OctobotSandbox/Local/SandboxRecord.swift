import Foundation
import JSONText
import OctobotModel

/// What is on disk of one sandbox: enough for a new daemon to find it again, running or not.
struct SandboxRecord: Sendable, Codable {
    /// Which process the sandbox is (decision 22).
    struct Run: Sendable, Codable, Equatable {
        var bootID: String
        /// Clock ticks after boot, read before the start.
        var spawnedAt: UInt64
        /// The first process of the sandbox's pid namespace, once it is known.
        var pid: Int32?
        /// Its own start time, as ``ProcessHandle/startTime``.
        var startTime: UInt64?
    }

    var spec: SandboxSpec
    /// The name of its runtime folder.
    var runtime: String
    /// Present from before a start until the end was noticed.
    var run: Run?
    /// How it ended last, or ``SandboxStatus/created``.
    var status: SandboxStatus
    var error: String?
    /// What held for the last start.
    var isolationNotes: [String]
    /// Whose sandbox it is; absent in records of before there were names.
    var installation: String?

    static func read(_ path: String) -> SandboxRecord? {
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        // Written by us, in a folder no sandbox reaches; an unreadable one is a sandbox that has to be made anew.
        return try? JSONCoding.decode(SandboxRecord.self, from: data)
    }

    /// Replaces the file in one step.
    func write(_ path: String) throws(SandboxError) {
        do {
            try Data(JSONCoding.encode(self)).write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw .failed("'\(path)' could not be written: \(error.localizedDescription)")
        }
    }
}

/// What bubblewrap and our launching script report through descriptor 3, one JSON object a line.
struct StatusReport: Sendable, Equatable {
    /// The process that waits for the sandbox; absent without isolation.
    var launcher: pid_t?
    /// The first process inside.
    var child: pid_t?
    var exitCode: CInt?

    init(_ path: String) {
        self.init(text: String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self))
    }

    init(text: String) {
        for line in text.split(separator: "\n") {
            // A line that is still being written is read again later.
            guard let members = try? JSONCoding.decode([String: Int64].self, from: line.utf8) else { continue }
            if let pid = members["launcher-pid"] { launcher = pid_t(exactly: pid) }
            if let pid = members["child-pid"] { child = pid_t(exactly: pid) }
            if let code = members["exit-code"] { exitCode = CInt(exactly: code) }
        }
    }
}
