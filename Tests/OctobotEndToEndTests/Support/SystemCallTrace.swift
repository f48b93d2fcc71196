import Dispatch
import Foundation
import OctobotTestSupport

/// What a process and all its children run and change on the disk, as strace(1) sees it.
struct SystemCallTrace {
    /// A program that was started, with the words of its command line as strace writes them.
    struct Program: CustomStringConvertible {
        var path: String
        var line: String

        var name: String { path.split(separator: "/").last.map(String.init) ?? path }
        var description: String { line }
    }

    private static let calls = """
        execve,execveat,open,openat,creat,unlink,unlinkat,rename,renameat,renameat2,mkdir,mkdirat,rmdir,symlink,symlinkat,link,linkat,\
        truncate,mknod,mknodat
        """

    private let lines: [String]

    /// Runs `body` and gives what happened meanwhile.
    static func of(
        _ pid: pid_t,
        in folder: URL,
        _ body: () async throws -> Void
    ) async throws -> SystemCallTrace {
        let output = folder.appending(path: "strace").path(percentEncoded: false)
        let pipe = output + ".words"
        guard mkfifo(pipe, 0o600) == 0 else { throw TestDaemon.Failure(description: "no pipe") }
        let (reading, writing) = (open(pipe, O_RDONLY | O_NONBLOCK | O_CLOEXEC), open(pipe, O_WRONLY | O_CLOEXEC))
        guard reading >= 0, writing >= 0, fcntl(reading, F_SETFL, 0) == 0 else {
            throw TestDaemon.Failure(description: "no pipe")
        }
        let tracer = try ChildProcess(
            "/usr/bin/strace",
            ["-f", "-y", "-s", "300", "-e", "trace=" + calls, "-o", output, "-p", String(pid)],
            environment: ["PATH": "/usr/bin:/bin"],
            errors: pipe
        )
        close(writing)
        let first = await withCheckedContinuation { continuation in
            DispatchQueue.global().async { drain(reading, continuation) }
        }
        guard first.contains("attached") else { throw TestDaemon.Failure(description: "strace: \(first)") }
        do {
            try await body()
        } catch {
            tracer.send(SIGINT)
            _ = await tracer.status
            throw error
        }
        tracer.send(SIGINT)
        _ = await tracer.status
        let text = try String(contentsOfFile: output, encoding: .utf8)
        return SystemCallTrace(lines: text.split(separator: "\n").map(String.init))
    }

    /// Gives the first words and reads on to the end, so that the tracer never waits.
    private static func drain(_ descriptor: CInt, _ first: CheckedContinuation<String, Never>) {
        var first: CheckedContinuation<String, Never>? = first
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            first?.resume(returning: String(decoding: buffer.prefix(max(0, count)), as: UTF8.self))
            first = nil
            guard count > 0 else { break }
        }
        close(descriptor)
    }

    /// The programs that were started; attempts to find one are left out.
    var programs: [Program] {
        lines.compactMap { line in
            guard let match = line.firstMatch(of: /execve(?:at)?\((?:\S+<[^>]*>, )?"(?<path>[^"]*)"/),
                !line.contains(" = -1 ")
            else {
                return nil
            }
            let path = String(match.output.path)
            guard FileManager.default.fileExists(atPath: path) else { return nil }
            return Program(path: path, line: line)
        }
    }

    /// The absolute paths that were opened to be written, made, renamed or deleted.
    ///
    /// Where a process stands is what its last call told that names it; each names it when its program is loaded.
    var changed: Set<String> {
        var paths: Set<String> = []
        var places: [Substring: String] = [:]
        for line in lines where !line.contains("execve") {
            let process = line.prefix { $0 != " " }
            if let match = line.firstMatch(of: /AT_FDCWD<(?<folder>[^>]*)>/) {
                places[process] = String(match.output.folder)
            }
            if line.contains(" = -1 ") { continue }
            if line.contains("open"), line.firstMatch(of: /O_WRONLY|O_RDWR|O_CREAT|O_TRUNC/) == nil { continue }
            for match in line.matches(of: /(?:(?:AT_FDCWD|[0-9]+)<(?<folder>[^>]*)>, )?"(?<path>[^"]*)"/) {
                let path = String(match.output.path)
                let folder = match.output.folder.map(String.init) ?? places[process] ?? "?"
                let whole = path.hasPrefix("/") ? path : folder + "/" + path
                paths.insert(URL(filePath: whole).standardizedFileURL.path(percentEncoded: false))
            }
        }
        return paths
    }
}
