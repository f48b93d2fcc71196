/// What a container is made from (Engine API v1.41, ContainerCreate).
package struct ContainerSpec: Sendable, Equatable {
    package struct Mount: Sendable, Equatable {
        package enum Kind: String, Sendable, Encodable {
            case bind
            case volume
        }

        package var kind: Kind
        /// A path of the host or the name of a volume.
        package var source: String
        package var target: String
        package var isReadOnly: Bool
        /// Whether an empty volume first gets what the image has at that place.
        package var copiesImage: Bool

        package init(
            _ kind: Kind,
            source: String,
            target: String,
            isReadOnly: Bool = false,
            copiesImage: Bool = true
        ) {
            self.kind = kind
            self.source = source
            self.target = target
            self.isReadOnly = isReadOnly
            self.copiesImage = copiesImage
        }
    }

    /// A port of the container, TCP, shown at an address of the host.
    package struct Port: Sendable, Equatable {
        package var container: Int
        package var hostAddress: String
        /// A free one when `nil`.
        package var host: Int?

        package init(container: Int, hostAddress: String, host: Int? = nil) {
            self.container = container
            self.hostAddress = hostAddress
            self.host = host
        }
    }

    package var image: String
    package var hostname: String?
    /// `uid:gid` or names of the image.
    package var user: String?
    package var workingFolder: String?
    /// In place of the image's; an empty one clears it.
    package var entrypoint: [String]?
    package var command: [String]?
    package var environment: [String: String] = [:]
    package var labels: [String: String] = [:]
    package var hasTerminal = false
    package var keepsInputOpen = false
    package var ports: [Port] = []
    package var mounts: [Mount] = []
    /// Folders in memory with their mount options, such as `size=1g,mode=1777`.
    package var memoryFolders: [String: String] = [:]
    /// The network it is in; the engine's default one when `nil`.
    package var network: String?
    package var memoryBytes: Int64?
    /// Processors in billionths.
    package var nanoProcessors: Int64?
    /// Its share of contended processors, beside the usual 1024.
    package var processorShares: Int64?
    package var processes: Int64?
    package var droppedCapabilities: [String] = []
    package var addedCapabilities: [String] = []
    package var securityOptions: [String] = []
    package var isPrivileged = false
    /// Whether the engine puts its own first process before the command.
    package var hasInit = false
    package var logDriver: String?
    package var logOptions: [String: String] = [:]
    package var stopSignal: String?
    package var sharedMemoryBytes: Int64?

    package init(image: String) {
        self.image = image
    }
}

extension ContainerSpec: Encodable {
    private struct Empty: Encodable {}

    private struct Binding: Encodable {
        var HostIp: String
        var HostPort: String
    }

    private struct EngineMount: Encodable {
        struct Volume: Encodable {
            var NoCopy: Bool
        }

        var kind: Mount.Kind
        var Source: String
        var Target: String
        var ReadOnly: Bool
        var VolumeOptions: Volume?

        enum CodingKeys: String, CodingKey {
            case kind = "Type"
            case Source, Target, ReadOnly, VolumeOptions
        }
    }

    private struct Restart: Encodable {
        var Name: String
    }

    private struct Log: Encodable {
        var type: String
        var Config: [String: String]

        enum CodingKeys: String, CodingKey {
            case type = "Type"
            case Config
        }
    }

    private struct HostPart: Encodable {
        var PortBindings: [String: [Binding]]
        var Mounts: [EngineMount]
        var Tmpfs: [String: String]
        var NetworkMode: String?
        var Memory: Int64?
        var MemorySwap: Int64?
        var NanoCpus: Int64?
        var CpuShares: Int64?
        var PidsLimit: Int64?
        var CapDrop: [String]
        var CapAdd: [String]
        var SecurityOpt: [String]
        var Privileged: Bool
        var Init: Bool
        var RestartPolicy: Restart
        var LogConfig: Log?
        var ShmSize: Int64?
        var IpcMode: String
    }

    private enum Keys: String, CodingKey {
        case Image, Hostname, User, WorkingDir, Entrypoint, Cmd, Env, Labels, Tty, OpenStdin, ExposedPorts, StopSignal
        case HostConfig
    }

    package func encode(to encoder: any Encoder) throws {
        var body = encoder.container(keyedBy: Keys.self)
        try body.encode(image, forKey: .Image)
        try body.encodeIfPresent(hostname, forKey: .Hostname)
        try body.encodeIfPresent(user, forKey: .User)
        try body.encodeIfPresent(workingFolder, forKey: .WorkingDir)
        try body.encodeIfPresent(entrypoint, forKey: .Entrypoint)
        try body.encodeIfPresent(command, forKey: .Cmd)
        try body.encode(environment.map { "\($0.key)=\($0.value)" }.sorted(), forKey: .Env)
        try body.encode(labels, forKey: .Labels)
        try body.encode(hasTerminal, forKey: .Tty)
        try body.encode(keepsInputOpen, forKey: .OpenStdin)
        try body.encodeIfPresent(stopSignal, forKey: .StopSignal)
        let exposed = ports.map { ("\($0.container)/tcp", Empty()) }
        try body.encode(Dictionary(exposed, uniquingKeysWith: { first, _ in first }), forKey: .ExposedPorts)
        try body.encode(hostPart, forKey: .HostConfig)
    }

    private var hostPart: HostPart {
        let bindings = ports.map { port in
            ("\(port.container)/tcp", [Binding(HostIp: port.hostAddress, HostPort: port.host.map(String.init) ?? "")])
        }
        return HostPart(
            PortBindings: Dictionary(bindings, uniquingKeysWith: +),
            Mounts: mounts.map { mount in
                EngineMount(
                    kind: mount.kind,
                    Source: mount.source,
                    Target: mount.target,
                    ReadOnly: mount.isReadOnly,
                    VolumeOptions: mount.kind == .volume ? .init(NoCopy: !mount.copiesImage) : nil
                )
            },
            Tmpfs: memoryFolders,
            NetworkMode: network,
            Memory: memoryBytes,
            // Equal to the memory: no swap on top of it.
            MemorySwap: memoryBytes,
            NanoCpus: nanoProcessors,
            CpuShares: processorShares,
            PidsLimit: processes,
            CapDrop: droppedCapabilities,
            CapAdd: addedCapabilities,
            SecurityOpt: securityOptions,
            Privileged: isPrivileged,
            Init: hasInit,
            RestartPolicy: Restart(Name: "no"),
            LogConfig: logDriver.map { Log(type: $0, Config: logOptions) },
            ShmSize: sharedMemoryBytes,
            IpcMode: "private"
        )
    }
}
