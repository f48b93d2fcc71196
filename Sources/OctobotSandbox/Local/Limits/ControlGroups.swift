import Foundation
import Synchronization

/// Where this daemon may make control groups, and with which controllers (cgroups(7)).
///
/// A sandbox gets a group of its own in each hierarchy; its first process, still outside the sandbox, puts itself into
/// them before it becomes bubblewrap, so that nothing of a sandbox ever runs without its limits.
struct ControlGroups: Sendable, Equatable {
    /// What is limited with.
    enum Controller: String, Sendable, CaseIterable {
        case memory, pids, cpu
    }

    /// Whether there is one hierarchy for all controllers (version 2) or one for each.
    var isUnified: Bool
    /// The folder that the sandboxes' groups are made in; the same one for all in version 2.
    var folders: [Controller: String]

    /// Every group's folder, each once.
    func groups(of name: String) -> [String] { Set(folders.values).map { "\($0)/\(name)" }.sorted() }

    /// Makes the groups of a sandbox, empty and with its limits.
    ///
    /// - Throws: ``SandboxError/failed(_:)`` when the kernel refuses one: a limit is not left out silently.
    func make(_ name: String, _ settings: SandboxLimitSettings) throws(SandboxError) {
        remove(name)
        try Self.gate.withLock { _ throws(SandboxError) in try makeFolders(name) }
        for (file, value) in values(settings) {
            guard let folder = folders[file.controller] else { continue }
            let path = "\(folder)/\(name)/\(file.name)"
            // Kernels without accounting of swap have no file for it.
            if file.isOptional, access(path, F_OK) != 0 { continue }
            try Self.write(value, to: path)
        }
    }

    private func makeFolders(_ name: String) throws(SandboxError) {
        for folder in Set(folders.values) {
            guard mkdir(folder, 0o755) == 0 || errno == EEXIST else {
                throw .failed("The control group '\(folder)' could not be made: \(errnoText())")
            }
            if isUnified { Self.hand(on: folders.keys.sorted { $0.rawValue < $1.rawValue }, in: folder) }
        }
        if let folder = folders[.cpu] {
            // Whatever goes on in them, the daemon and the rest of the machine go first: all sandboxes together have
            // half of the usual share. It counts where the daemon is, which is beside the folder.
            let (file, share) = isUnified ? ("cpu.weight", "50") : ("cpu.shares", "512")
            try Self.write(share, to: "\(folder)/\(file)")
        }
        for group in groups(of: name) where mkdir(group, 0o755) != 0 && errno != EEXIST {
            throw .failed("The control group '\(group)' could not be made: \(errnoText())")
        }
    }

    /// Held while folders are made and removed: the one they share goes with the last.
    private static let gate = Mutex(())

    /// Removes the groups of a sandbox that has ended; those that still hold a dying process are left for later.
    func remove(_ name: String) {
        Self.gate.withLock { _ in
            for group in groups(of: name) { rmdir(group) }
            for folder in Set(folders.values) { rmdir(folder) }
        }
    }

    /// How many processes of the sandbox were killed because its memory was used up.
    func outOfMemoryKills(in name: String) -> Int {
        guard let folder = folders[.memory] else { return 0 }
        let file = isUnified ? "memory.events" : "memory.oom_control"
        let text = Self.read("\(folder)/\(name)/\(file)") ?? ""
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count == 2, words[0] == "oom_kill" { return Int(words[1]) ?? 0 }
        }
        return 0
    }

    /// Whether a process is in all groups of a sandbox.
    func contain(_ pid: pid_t, in name: String) -> Bool {
        groups(of: name).allSatisfy { group in
            let members = Self.read("\(group)/cgroup.procs") ?? ""
            return members.split(separator: "\n").contains { $0 == "\(pid)" }
        }
    }

    /// What of the settings is enforced here.
    func limits(_ settings: SandboxLimitSettings) -> SandboxLimits {
        var limits = settings.limits
        if folders[.memory] == nil { limits.memoryBytes = nil }
        if folders[.pids] == nil { limits.processes = nil }
        if folders[.cpu] == nil { limits.processors = nil }
        return limits
    }

    // MARK: Values

    private struct File {
        var controller: Controller
        var name: String
        var isOptional = false
    }

    /// What is written where, in the order the kernel wants it.
    private func values(_ settings: SandboxLimitSettings) -> [(File, String)] {
        let limits = settings.limits
        var values: [(File, String)] = []
        if let bytes = limits.memoryBytes {
            if isUnified {
                values += [
                    (File(controller: .memory, name: "memory.max"), "\(bytes)"),
                    (File(controller: .memory, name: "memory.swap.max", isOptional: true), "0"),
                ]
            } else {
                values += [
                    (File(controller: .memory, name: "memory.limit_in_bytes"), "\(bytes)"),
                    (File(controller: .memory, name: "memory.memsw.limit_in_bytes", isOptional: true), "\(bytes)"),
                ]
            }
        }
        if let processes = limits.processes {
            values.append((File(controller: .pids, name: "pids.max"), "\(processes)"))
        }
        if let processors = limits.processors {
            let quota = max(Int(processors * Double(Self.period)), 1000)
            if isUnified {
                values.append((File(controller: .cpu, name: "cpu.max"), "\(quota) \(Self.period)"))
            } else {
                values += [
                    (File(controller: .cpu, name: "cpu.cfs_period_us"), "\(Self.period)"),
                    (File(controller: .cpu, name: "cpu.cfs_quota_us"), "\(quota)"),
                ]
            }
        }
        return values
    }

    /// Of the processor's time is counted in; microseconds.
    private static let period = 100_000

    // MARK: Files

    /// In one step, as the kernel's files want it.
    static func write(_ value: String, to path: String) throws(SandboxError) {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .failed("'\(path)' could not be opened: \(errnoText())") }
        defer { close(descriptor) }
        guard Glibc.write(descriptor, value, value.utf8.count) == value.utf8.count else {
            throw .failed("'\(value)' could not be written to '\(path)': \(errnoText())")
        }
    }

    static func read(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }
}
