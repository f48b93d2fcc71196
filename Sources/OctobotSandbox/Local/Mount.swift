/// One thing a sandbox sees at a place of its file system (bwrap(1)).
enum Mount: Sendable, Equatable {
    case readOnly(source: String, destination: String)
    case writable(source: String, destination: String)
    case symlink(target: String, destination: String)
    case temporary(destination: String, mode: String, size: Int?)
    case processes
    case devices
    /// What was made of the root so far is not writable from here on.
    case sealRoot

    /// Bubblewrap's arguments for it.
    ///
    /// - Parameter place: Where a source of the host is to be found.
    func arguments(_ place: (String) -> String) -> [String] {
        switch self {
        case .readOnly(let source, let destination): ["--ro-bind", place(source), destination]
        case .writable(let source, let destination): ["--bind", place(source), destination]
        case .symlink(let target, let destination): ["--symlink", target, destination]
        case .temporary(let destination, let mode, let size):
            ["--perms", mode] + (size.map { ["--size", String($0)] } ?? []) + ["--tmpfs", destination]
        case .processes: ["--proc", "/proc"]
        case .devices: ["--dev", "/dev"]
        case .sealRoot: ["--remount-ro", "/"]
        }
    }

    var source: String? {
        switch self {
        case .readOnly(let source, _), .writable(let source, _): source
        case .symlink, .temporary, .processes, .devices, .sealRoot: nil
        }
    }
}
