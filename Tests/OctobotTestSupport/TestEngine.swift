import CLinux
package import Foundation
import Synchronization

/// A Docker Engine of the test process's own: `dockerd` in a temporary folder, with a bridge for networks that tests make and
/// no default one.
///
/// A guard process outlives the test process, however that ends: it removes the engine's containers and networks, ends the
/// engine and removes the folder.
package final class TestEngine: Sendable {
    package struct Failure: Error, CustomStringConvertible {
        package var description: String
    }

    /// Why no engine can run here, for the comment of a disabled test; `nil` when one can.
    package static let unavailable: String? = {
        if geteuid() != 0 { return "dockerd needs root" }
        for (path, package) in [(daemon, "docker.io"), (client, "docker.io"), (busybox, "busybox-static")]
        where access(path, X_OK) != 0 {
            return "\(path) is missing (Debian package \(package))"
        }
        return nil
    }()

    private static let daemon = "/usr/sbin/dockerd"
    private static let client = "/usr/bin/docker"
    private static let busybox = "/bin/busybox"

    /// The image ``shared()`` comes with: a static busybox with its commands in `/bin`, and nothing else.
    package static let busyboxImage = "busybox:test"

    /// The folder of the engine; tests may keep things in it.
    package let folder: URL
    /// The engine's unix socket.
    package let socket: String
    private let liveRestore: Bool
    private let end: Int32
    private let guardian: ChildProcess
    private let running = Mutex<ChildProcess?>(nil)

    private static let first = Mutex<Task<TestEngine, any Error>?>(nil)

    /// The engine all tests of this process share, started by the first that asks.
    package static func shared() async throws -> TestEngine {
        let task = first.withLock { first in
            if let first { return first }
            let made = Task {
                let engine = try await TestEngine.start()
                shared.withLock { $0 = engine }
                atexit { TestEngine.shared.withLock { $0 }?.endBlocking() }
                return engine
            }
            first = made
            return made
        }
        return try await task.value
    }

    private static let shared = Mutex<TestEngine?>(nil)

    /// Starts an engine and imports ``busyboxImage``.
    ///
    /// - Parameter liveRestore: Whether containers outlive the engine.
    package static func start(liveRestore: Bool = false) async throws -> TestEngine {
        let engine = try TestEngine(liveRestore: liveRestore)
        do {
            try await engine.launch()
            try await engine.importBusybox()
        } catch {
            await engine.stop()
            throw error
        }
        return engine
    }

    private init(liveRestore: Bool) throws {
        let name = "oe-" + String(UInt32.random(in: 0...UInt32.max), radix: 36)
        folder = URL(filePath: "/tmp/" + name, directoryHint: .isDirectory)
        let path = "/tmp/" + name
        socket = path + "/docker.sock"
        self.liveRestore = liveRestore
        try FileManager.default.createDirectory(
            at: folder,
            withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700]
        )
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw Failure(description: "pipe: \(String(cString: strerror(errno)))") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        end = ends[1]
        guardian = try ChildProcess(
            "/bin/sh",
            ["-c", Self.guardScript, "sh", path],
            environment: Self.environment,
            output: path + "/guard.log",
            inherited: [ends[0]]
        )
        close(ends[0])
    }

    /// Waits until descriptor 3 is at its end, then removes what is left of the engine in folder `$1`.
    private static let guardScript = """
        cat <&3 >/dev/null
        cd / && docker="docker -H unix://$1/docker.sock"
        if timeout 20 $docker ps -aq > "$1/left"; then
            [ ! -s "$1/left" ] || xargs timeout 60 $docker rm -f < "$1/left"
            timeout 30 $docker network prune -f
        fi
        for name in pid exec/containerd/containerd.pid; do
            pid=$(cat "$1/$name" 2>/dev/null) && kill "$pid" && timeout 20 tail --pid="$pid" -f /dev/null || kill -9 "$pid"
        done
        pkill -9 -f "containerd-shim.* -address $1/"
        sed -n "s|^[^ ]* \\($1[^ ]*\\) .*|\\1|p" /proc/self/mounts | sort -r | xargs -r umount -l
        rm -rf "$1"
        """

    private static let environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/nonexistent"]

    /// Starts the engine's daemon, once more after ``kill()``, and waits until it answers.
    package func launch() async throws {
        let path = folder.path(percentEncoded: false)
        let daemon = try ChildProcess(
            Self.daemon,
            [
                "--host", "unix://\(socket)", "--data-root", path + "data", "--exec-root", path + "exec",
                "--pidfile", path + "pid", "--bridge", "none", "--live-restore=\(liveRestore)",
            ],
            environment: Self.environment,
            output: path + "log"
        )
        running.withLock { $0 = daemon }
        for _ in 0..<600 {
            guard CLinux.kill(daemon.pid, 0) == 0 else { break }
            let answer = try await Command.run(
                "/usr/bin/timeout",
                ["5", Self.client, "-H", "unix://\(socket)", "version", "--format", "{{.Server.Version}}"],
                environment: Self.environment
            )
            if answer.status == 0 { return }
        }
        let log = (try? String(contentsOfFile: path + "log", encoding: .utf8)) ?? ""
        throw Failure(description: "dockerd did not start: \(log.suffix(2000))")
    }

    /// Kills the engine's daemon as a crash would; its socket stays behind.
    package func kill() async {
        guard let daemon = running.withLock({ $0 }) else { return }
        daemon.send(SIGKILL)
        _ = await daemon.status
        // Its containerd dies with it, but may stay unreaped for long where the first process is slow to reap; the next
        // daemon would take it for one that runs.
        unlink(folder.path(percentEncoded: false) + "exec/containerd/containerd.pid")
    }

    /// Ends the engine's daemon in good order.
    package func terminate() async {
        guard let daemon = running.withLock({ $0 }) else { return }
        daemon.send(SIGTERM)
        _ = await daemon.status
    }

    /// Removes the engine and everything in it.
    package func stop() async {
        close(end)
        _ = await guardian.status
    }

    private func endBlocking() {
        close(end)
        // Ends when the guard has; another thread may have reaped it.
        _ = waitpid(guardian.pid, nil, 0)
    }

    /// What `docker` prints, without the line feed at its end.
    @discardableResult
    package func docker(_ arguments: String..., input: String? = nil) async throws -> String {
        try await docker(arguments: arguments, input: input)
    }

    /// The same with arguments that were put together.
    @discardableResult
    package func docker(arguments: [String], input: String? = nil) async throws -> String {
        let result = try await Command.run(
            "/usr/bin/timeout",
            ["120", Self.client, "-H", "unix://\(socket)"] + arguments,
            environment: Self.environment,
            input: input
        )
        guard result.status == 0 else {
            throw Failure(description: "docker \(arguments): \(result.status)\n\(result.errors)")
        }
        return result.output.trimmingCharacters(in: .newlines)
    }

    /// Makes an image of a folder's content.
    ///
    /// - Parameter changes: Lines as in a Dockerfile, `LABEL a=b` and the like.
    package func importImage(_ name: String, from root: URL, changes: [String] = []) async throws {
        let archive = folder.appending(path: "import-\(UUID().uuidString).tar").path(percentEncoded: false)
        defer { unlink(archive) }
        let source = root.path(percentEncoded: false)
        _ = try await Command.output("/bin/tar", ["-C", source, "--numeric-owner", "-cf", archive, "."])
        let options = ["PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"].map { "ENV " + $0 } + changes
        let result = try await Command.run(
            Self.client,
            ["-H", "unix://\(socket)", "import"] + options.flatMap { ["--change", $0] } + [archive, name],
            environment: Self.environment
        )
        guard result.status == 0 else { throw Failure(description: "docker import: \(result.errors)") }
    }

    private func importBusybox() async throws {
        let root = folder.appending(path: "busybox", directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: false)
        let script = """
            mkdir bin etc tmp root && chmod 1777 tmp && cp \(Self.busybox) bin/
            for name in $(bin/busybox --list); do [ "$name" = busybox ] || ln -s busybox "bin/$name"; done
            echo 'root:x:0:0:root:/root:/bin/sh' > etc/passwd
            echo 'root:x:0:' > etc/group
            """
        _ = try await Command.output(
            "/bin/sh",
            ["-ec", script],
            directory: root.path(percentEncoded: false)
        )
        try await importImage(Self.busyboxImage, from: root, changes: ["CMD [\"sh\"]"])
        try FileManager.default.removeItem(at: root)
    }
}
