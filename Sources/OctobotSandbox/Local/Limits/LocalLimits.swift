import OctobotModel

/// What the sandboxes of this host are held to, and by what.
struct LocalLimits: Sendable {
    let settings: SandboxLimitSettings
    /// `nil` where none can be made: what is left are limits of each process (setrlimit(2)).
    let groups: ControlGroups?
    /// Whether there is an isolation, which alone can hold all processes of a sandbox to a number.
    let isIsolated: Bool

    /// Of the sandbox as a whole.
    var enforced: SandboxLimits {
        var limits = groups?.limits(settings) ?? SandboxLimits()
        if limits.processes == nil, isIsolated { limits.processes = settings.processes }
        return limits
    }

    /// The words before the command that set what holds for each process.
    func prefix(prlimit: String?, nice: String?) -> [String] {
        let calm = calmPrefix(nice: nice)
        guard let prlimit else { return calm }
        var words = [prlimit, "--core=0"]
        if let processes = settings.processes { words.append("--nproc=\(processes)") }
        // Without a group the hog is stopped at least when it is one process.
        if groups?.folders[.memory] == nil, let bytes = settings.limits.memoryBytes { words.append("--data=\(bytes)") }
        return calm + words + ["--"]
    }

    /// The words that let the daemon and the rest of the machine go first, where no group does (nice(1)).
    func calmPrefix(nice: String?) -> [String] {
        guard let nice, groups?.folders[.cpu] == nil else { return [] }
        return [nice, "-n", "3"]
    }

    /// For people, in ``ProviderStatus``.
    var details: [String: String] {
        let limits = enforced
        var details = ["limits": groups.map { $0.isUnified ? "cgroup v2" : "cgroup v1" } ?? "rlimit"]
        let megabytes = settings.memoryMegabytes.map { "\($0) MiB" }
        details["memory"] =
            limits.memoryBytes == nil ? megabytes.map { "\($0) per process" } ?? "unlimited" : megabytes ?? "unlimited"
        details["processes"] = limits.processes.map(String.init) ?? "unlimited"
        details["processors"] = limits.processors.map { "\($0)" } ?? "unlimited"
        details["disk"] = settings.diskDetail
        return details
    }
}
