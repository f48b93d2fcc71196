import Glibc

/// Why no place for the socket can be told.
package enum SocketPathError: Error, Hashable, Sendable, CustomStringConvertible {
    case tooLong(String)
    case notAbsolute(String)
    /// Neither `XDG_STATE_HOME` nor `HOME` is set.
    case noHome

    package var description: String {
        switch self {
        case .tooLong(let path):
            """
            the socket path \(path) has \(path.utf8.count) bytes; the system allows \(SocketPath.longest) \
            (set OCTOBOT_SOCKET to a shorter one)
            """
        case .notAbsolute(let path): "the socket path \(path) is not absolute"
        case .noHome: "no place for the socket: set OCTOBOT_SOCKET, XDG_RUNTIME_DIR or HOME"
        }
    }
}

/// Where the daemon listens and its clients connect; both compute it here (rpc.md §2).
package enum SocketPath {
    /// The most bytes a path may have: `sockaddr_un` holds 108, some systems less.
    package static let longest = 103

    /// `OCTOBOT_SOCKET`, else a place in `XDG_RUNTIME_DIR`, else `/run/octobot` for root, else the state folder.
    ///
    /// An empty variable counts as absent, as does a relative `XDG_…` (XDG Base Directory Specification).
    package static func `default`(environment: [String: String]) throws(SocketPathError) -> String {
        try `default`(environment: environment, isRoot: geteuid() == 0)
    }

    static func `default`(environment: [String: String], isRoot: Bool) throws(SocketPathError) -> String {
        if let path = environment["OCTOBOT_SOCKET"], !path.isEmpty { return try check(path) }
        if let folder = absolute(environment["XDG_RUNTIME_DIR"]) { return try check(folder + "/octobot/octobotd.sock") }
        if isRoot { return try check("/run/octobot/octobotd.sock") }
        if let folder = absolute(environment["XDG_STATE_HOME"]) {
            return try check(folder + "/octobot/run/octobotd.sock")
        }
        guard let home = absolute(environment["HOME"]) else { throw .noHome }
        return try check(home + "/.local/state/octobot/run/octobotd.sock")
    }

    /// Gives back a path that a socket can have.
    package static func check(_ path: String) throws(SocketPathError) -> String {
        guard path.hasPrefix("/") else { throw .notAbsolute(path) }
        guard path.utf8.count <= longest else { throw .tooLong(path) }
        return path
    }

    private static func absolute(_ folder: String?) -> String? {
        guard var folder, folder.hasPrefix("/") else { return nil }
        while folder.count > 1, folder.hasSuffix("/") { folder.removeLast() }
        return folder == "/" ? "" : folder
    }
}
