import OctobotSandbox

/// What sandboxes are held to, and how long an unused one lives; the same for every provider.
struct SandboxSettings {
    var limits: SandboxLimitSettings
    /// `SANDBOX_DISK_RESERVE_MB`; 0 for none.
    var diskReserveMegabytes: Int
    /// `SANDBOX_IDLE_TIMEOUT`; `nil` for never.
    var idleTimeout: Duration?
    /// `CACHE_ENABLED`.
    var hasCaches: Bool
    /// `SANDBOX_IMAGE`, of the provider `docker`.
    var image: String
    /// `DOCKER_NETWORK`: a network in place of its own.
    var network: String?
    /// `DOCKER_HOST`, also from `octobotd.env`.
    var dockerHost: String?
}

extension Settings {
    /// `SANDBOX_MEMORY_MB`, `SANDBOX_CPUS`, `SANDBOX_PIDS`, `SANDBOX_DISK_MB`, `SANDBOX_DISK_RESERVE_MB`,
    /// `SANDBOX_IDLE_TIMEOUT`, `CACHE_ENABLED`, `SANDBOX_IMAGE`, `DOCKER_NETWORK`, `DOCKER_HOST`.
    mutating func sandboxes() throws -> SandboxSettings {
        let standard = SandboxLimitSettings.standard
        let memory = try value(
            "SANDBOX_MEMORY_MB",
            default: standard.memoryMegabytes,
            shown: standard.memoryMegabytes.map(String.init) ?? "0",
            allowed: "64 to 16777216, or 0 for no limit"
        ) { Self.limit($0, in: 64...16_777_216) }
        let processors = try value(
            "SANDBOX_CPUS",
            default: standard.processors,
            shown: standard.processors.map { "\($0)" } ?? "0",
            allowed: "a number from 0.01 to 4096 such as 1.5, or 0 for no limit"
        ) { text -> Double?? in
            guard text.wholeMatch(of: /[0-9]{1,4}(\.[0-9]{1,3})?/) != nil, let number = Double(text) else { return nil }
            if number == 0 { return .some(nil) }
            return (0.01...4096).contains(number) ? number : nil
        }
        let processes = try value(
            "SANDBOX_PIDS",
            default: standard.processes,
            shown: standard.processes.map(String.init) ?? "0",
            allowed: "32 to 4194304, or 0 for no limit"
        ) { Self.limit($0, in: 32...4_194_304) }
        let disk = try value(
            "SANDBOX_DISK_MB",
            default: standard.diskMegabytes,
            shown: standard.diskMegabytes.map(String.init) ?? "0",
            allowed: "64 to 999999999, or 0 for no limit"
        ) { Self.limit($0, in: 64...999_999_999) }
        let reserve = try value(
            "SANDBOX_DISK_RESERVE_MB",
            default: 512,
            shown: "512",
            allowed: "0 to 999999999"
        ) { $0.wholeMatch(of: /[0-9]{1,9}/) == nil ? nil : Int($0) }
        let idle = try value(
            "SANDBOX_IDLE_TIMEOUT",
            default: Duration?.some(.seconds(3600)),
            shown: "1h",
            allowed: "a duration such as 90s, 30m or 2h, or 0 for never"
        ) { text -> Duration?? in
            guard let duration = Self.duration(text) else { return nil }
            return .some(duration > .zero ? duration : nil)
        }
        let caches = try value(
            "CACHE_ENABLED",
            default: true,
            shown: "true",
            allowed: "true or false",
            parse: Self.boolean
        )
        let image = try value(
            "SANDBOX_IMAGE",
            default: DockerConfiguration.standardImage,
            shown: DockerConfiguration.standardImage,
            allowed: "an image as docker run takes it"
        ) { $0.wholeMatch(of: /[0-9A-Za-z][0-9A-Za-z._:\/@-]{0,254}/) == nil ? nil : $0 }
        let network = try value(
            "DOCKER_NETWORK",
            default: String?.none,
            shown: "octobot",
            allowed: "the name of a network of the Docker engine"
        ) { $0.wholeMatch(of: /[0-9A-Za-z][0-9A-Za-z_.-]{0,127}/) == nil ? nil : .some($0) }
        // Checked when it is used: an engine on another machine is no reason not to start.
        let host = try text("DOCKER_HOST")
        return SandboxSettings(
            limits: SandboxLimitSettings(
                memoryMegabytes: memory,
                processors: processors,
                processes: processes,
                diskMegabytes: disk
            ),
            diskReserveMegabytes: reserve,
            idleTimeout: idle,
            hasCaches: caches,
            image: image,
            network: network,
            dockerHost: host
        )
    }

    /// A whole number of a range, or no limit for 0.
    private static func limit(_ text: String, in range: ClosedRange<Int>) -> Int?? {
        guard text.wholeMatch(of: /[0-9]{1,9}/) != nil, let number = Int(text) else { return nil }
        if number == 0 { return .some(nil) }
        return range.contains(number) ? number : nil
    }
}
