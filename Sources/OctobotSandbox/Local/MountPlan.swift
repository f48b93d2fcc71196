import Foundation

/// The list a local sandbox sees in place of the host (decision 12).
struct MountPlan: Sendable {
    private(set) var mounts: [Mount] = []

    /// Files and folders of `/etc` that programs need; no folder with anything private in it.
    private static let configuration = [
        "/etc/ld.so.cache", "/etc/ssl/certs", "/etc/ssl/openssl.cnf", "/etc/ca-certificates", "/etc/pki/tls/certs",
        "/etc/alternatives", "/etc/localtime", "/etc/hosts", "/etc/nsswitch.conf",
    ]

    private static let roots = ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"]

    /// The folders of programs and libraries, and the system's own file systems.
    mutating func addSystem(networkIsHost: Bool) {
        mounts.append(.readOnly(source: "/usr", destination: "/usr"))
        for root in Self.roots {
            if let target = try? FileManager.default.destinationOfSymbolicLink(atPath: root) {
                mounts.append(.symlink(target: target, destination: root))
            } else if FolderTree.exists(root) {
                mounts.append(.readOnly(source: root, destination: root))
            }
        }
        let files = Self.configuration + (networkIsHost ? ["/etc/resolv.conf"] : [])
        for path in files {
            guard let source = CommandSearch.resolved(path) else { continue }
            mounts.append(.readOnly(source: source, destination: path))
        }
        mounts += [
            .processes, .devices, .temporary(destination: "/tmp", mode: "1777", size: 2 << 30),
            .temporary(destination: "/run", mode: "0755", size: 16 << 20),
        ]
    }

    mutating func add(_ mount: Mount) { mounts.append(mount) }

    mutating func add(readable paths: [String]) {
        mounts += paths.map { .readOnly(source: $0, destination: $0) }
    }

    mutating func seal() { mounts.append(.sealRoot) }

    /// Whether a file of the host is seen inside under the same path.
    static func shows(_ path: String, readable: [String]) -> Bool {
        (["/usr", "/etc/alternatives"] + roots + readable).contains { path == $0 || path.hasPrefix($0 + "/") }
    }

    /// Bubblewrap's arguments, with the host's own paths.
    var arguments: [String] { mounts.flatMap { $0.arguments { $0 } } }

    /// The sources that only a privileged process can be sure to reach, and the arguments that go with them.
    ///
    /// A root daemon binds them to `folder/0`, `folder/1` and so on before it gives up its privileges: the sandbox's
    /// user need not be able to walk to them.
    func staged(in folder: String) -> (sources: [String], arguments: [String]) {
        var sources: [String] = []
        let arguments = mounts.flatMap { mount in
            mount.arguments { source in
                if source == "/usr" || source.hasPrefix("/usr/") || source.hasPrefix("/etc/") { return source }
                sources.append(source)
                return "\(folder)/\(sources.count - 1)"
            }
        }
        return (sources, arguments)
    }
}
