import Foundation

/// Work on whole folders that a sandbox filled; links in them are never followed.
///
/// Done by the system's own tools, which cope with trees deeper than a path can be long.
enum FolderTree {
    /// Deletes a folder and all below it; one that is not there is deleted already.
    static func remove(_ path: String) throws(SandboxError) {
        guard exists(path) else { return }
        var complaint = try run("rm", ["-rf", "--", path])
        guard exists(path) else { return }
        // Package caches are write-protected, which keeps even their owner from deleting what is in them.
        _ = try run("chmod", ["-R", "u+rwx", "--", path])
        complaint = try run("rm", ["-rf", "--", path])
        guard !exists(path) else { throw .failed("'\(path)' could not be deleted: \(complaint.prefix(500))") }
    }

    /// Gives everything to another user.
    static func give(_ path: String, to user: SandboxUser) throws(SandboxError) {
        _ = try run("chown", ["-R", "-h", "\(user.uid):\(user.gid)", "--", path])
    }

    /// Lets every user read what the owner can read.
    static func makeReadable(_ path: String) throws(SandboxError) {
        _ = try run("chmod", ["-R", "a+rX", "--", path])
    }

    /// How many bytes of the disk a folder takes; `nil` when that is not found out within seconds.
    static func bytes(in path: String) -> Int64? {
        guard let program = CommandSearch.find("du", path: "/usr/bin:/bin") else { return nil }
        do {
            let said = try ChildProcess.runBlocking(
                [program, "-s", "-x", "-B1", "--", path],
                ["PATH": "/usr/bin:/bin", "LC_ALL": "C"],
                limit: .seconds(5)
            ).output
            // Complaints about what vanished meanwhile come before it.
            return said.split(separator: "\n").last.flatMap { $0.split(separator: "\t").first }.flatMap { Int64($0) }
        } catch {
            // Too big to be counted in time.
            return nil
        }
    }

    static func exists(_ path: String) -> Bool {
        var facts = stat()
        return lstat(path, &facts) == 0
    }

    /// Makes a folder, its parents too, for this user alone; one that exists keeps its mode.
    static func make(_ path: String) throws(SandboxError) {
        do {
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw .failed("The folder '\(path)' could not be made: \(error.localizedDescription)")
        }
    }

    /// - Returns: What the tool complained about.
    private static func run(_ tool: String, _ arguments: [String]) throws(SandboxError) -> String {
        let path = "/usr/bin:/bin"
        guard let program = CommandSearch.find(tool, path: path) else {
            throw .unavailable(
                component: tool,
                message: "The command '\(tool)' is missing.",
                hint: "Install coreutils."
            )
        }
        do {
            return try ChildProcess.runBlocking(
                [program] + arguments,
                ["PATH": path, "LC_ALL": "C"],
                limit: .seconds(600)
            ).output
        } catch {
            throw .failed(error.description)
        }
    }
}
