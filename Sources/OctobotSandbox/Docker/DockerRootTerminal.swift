import DockerEngine
import NIOCore
import Synchronization

/// A root shell by the engine's exec.
///
/// The engine ends no exec, not even when who started it is gone. So a second one stands guard: its input is ours, and when
/// that ends, with this object or with the whole daemon, it ends the shell's session.
final class DockerRootTerminal: RootTerminal {
    let output: AsyncThrowingStream<[UInt8], any Error>
    private let client: DockerClient
    private let exec: String
    private let source: Source
    private let tasks = Mutex<[Task<Void, Never>]>([])

    /// Starts a shell in a container that runs.
    static func open(
        _ client: DockerClient,
        container: String,
        rows: Int,
        columns: Int
    ) async throws -> DockerRootTerminal {
        var spec = ExecSpec(["/bin/sh", "-c", shellScript])
        spec.user = "0:0"
        spec.hasTerminal = true
        spec.takesInput = true
        spec.environment = ["TERM": "xterm-256color", "HOME": "/root", "USER": "root", "LOGNAME": "root"]
        let exec = try await client.createExec(spec, in: container)
        let terminal = DockerRootTerminal(client, exec)
        do {
            try await terminal.begin(in: container, rows: rows, columns: columns)
        } catch {
            await terminal.close()
            throw error
        }
        return terminal
    }

    private init(_ client: DockerClient, _ exec: String) {
        self.client = client
        self.exec = exec
        let source = Source()
        self.source = source
        output = AsyncThrowingStream { try await source.next() }
    }

    /// Tells its process id, by which the guard knows the session, then becomes the best shell there is.
    private static let shellScript = """
        echo $$
        for shell in /bin/bash /bin/sh; do [ -x $shell ] && exec $shell -l; done
        """

    /// Ends the session of process `$1` when its own input ends; HUP first, KILL after two seconds.
    private static let guardScript = """
        cat >/dev/null
        each() {
            found=1
            for folder in /proc/[0-9]*; do
                { read -r line < $folder/stat; } 2>/dev/null || continue
                set -- "$1" "$2" ${line##*) }
                [ "$6" = "$2" ] && [ "$3" != Z ] && found=0 && kill -$1 ${folder#/proc/} 2>/dev/null
            done
            return $found
        }
        each HUP $1; each CONT $1
        for i in 1 2 3 4 5 6 7 8 9 10; do each 0 $1 || exit 0; sleep 0.2 2>/dev/null || sleep 1; done
        each KILL $1
        """

    private func begin(in container: String, rows: Int, columns: Int) async throws {
        let (client, source, exec) = (client, source, exec)
        let shell = Task {
            do {
                try await client.withExec(exec, hasTerminal: true) { output, input in
                    await source.opened(output.makeAsyncIterator(), input)
                    await source.untilClosed()
                }
                await source.failed(nil)
            } catch {
                await source.failed(error)
            }
        }
        tasks.withLock { $0.append(shell) }
        let pid = try await source.firstLine()
        guard let pid = Int32(pid) else { throw DockerError.invalidAnswer("a shell that does not tell its process id") }
        try await resizeExec(rows, columns)
        var spec = ExecSpec(["/bin/sh", "-c", Self.guardScript, "sh", "\(pid)"])
        spec.user = "0:0"
        spec.takesInput = true
        let watch = try await client.createExec(spec, in: container)
        let watching = Task {
            do {
                try await client.withExec(watch, hasTerminal: false) { output, input in
                    await source.untilClosed()
                    input.finish()
                    for try await _ in output {}
                }
            } catch {
                // Without the engine there is no shell either.
                await source.failed(error)
            }
        }
        tasks.withLock { $0.append(watching) }
    }

    func write(_ bytes: [UInt8]) async throws(SandboxError) {
        guard let input = await source.input else { throw .failed("The terminal is closed.") }
        do {
            try await input.write(ByteBuffer(bytes: bytes))
        } catch {
            throw SandboxError(error)
        }
    }

    func resize(rows: Int, columns: Int) async throws(SandboxError) {
        do {
            try await resizeExec(rows, columns)
        } catch {
            throw SandboxError(error)
        }
    }

    private func resizeExec(_ rows: Int, _ columns: Int) async throws(DockerError) {
        try await client.resizeExec(exec, rows: max(1, min(rows, 1000)), columns: max(1, min(columns, 1000)))
    }

    func close() async {
        await source.close()
        // The guard's end is the session's.
        for task in tasks.withLock({ $0 }) { await task.value }
    }

    func exitCode() async throws(SandboxError) -> Int {
        await source.untilEnded()
        do {
            let state = try await client.inspectExec(exec)
            if let code = state.exitCode { return code }
        } catch {
            throw SandboxError(error)
        }
        throw .failed("The connection to the root shell broke.")
    }
}

/// What passes between a terminal's connection and its one reader.
private actor Source {
    private var iterator: ExecOutput.Iterator?
    private(set) var input: ExecInput?
    private var rest: [UInt8] = []
    private var failure: (any Error)?
    private var hasEnded = false
    private var isClosed = false
    private var openers: [CheckedContinuation<Void, Never>] = []
    private var closers: [CheckedContinuation<Void, Never>] = []
    private var enders: [CheckedContinuation<Void, Never>] = []

    func opened(_ iterator: ExecOutput.Iterator, _ input: ExecInput) {
        self.iterator = iterator
        self.input = input
        wake(&openers)
    }

    func failed(_ error: (any Error)?) {
        failure = failure ?? error
        input = nil
        wake(&openers)
        end()
    }

    func close() {
        isClosed = true
        wake(&closers)
        wake(&openers)
    }

    func untilClosed() async {
        guard !isClosed else { return }
        await withCheckedContinuation { closers.append($0) }
    }

    func untilEnded() async {
        guard !hasEnded else { return }
        await withCheckedContinuation { enders.append($0) }
    }

    /// What comes before the first line feed.
    func firstLine() async throws -> String {
        if iterator == nil, failure == nil, !isClosed { await withCheckedContinuation { openers.append($0) } }
        var line: [UInt8] = []
        while line.count < 100 {
            guard let bytes = try await read() else { break }
            line += bytes
            guard let end = line.firstIndex(of: UInt8(ascii: "\n")) else { continue }
            rest = Array(line[(end + 1)...])
            return String(decoding: line[..<end].filter { $0 != UInt8(ascii: "\r") }, as: UTF8.self)
        }
        throw failure
            ?? DockerError.invalidAnswer("a shell that ended at once: \(String(decoding: line, as: UTF8.self))")
    }

    func next() async throws -> [UInt8]? {
        if !rest.isEmpty {
            defer { rest = [] }
            return rest
        }
        return try await read()
    }

    private func read() async throws -> [UInt8]? {
        guard var reader = iterator, !isClosed else { return nil }
        iterator = nil
        do {
            guard let chunk = try await reader.next(isolation: self) else {
                end()
                return nil
            }
            iterator = reader
            return Array(chunk.bytes.readableBytesView)
        } catch {
            end()
            throw error
        }
    }

    private func end() {
        hasEnded = true
        input = nil
        wake(&enders)
    }

    private func wake(_ waiting: inout [CheckedContinuation<Void, Never>]) {
        let woken = waiting
        waiting = []
        for continuation in woken { continuation.resume() }
    }
}
