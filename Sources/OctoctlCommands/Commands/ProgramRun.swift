import ArgumentParser
import Foundation
import JSONText
import OctobotAPI
import OctobotClient
import OctobotModel

/// A program that is run, and how what it does is shown.
struct ProgramRun: Sendable {
    let options: ExecOptions
    let program: ExecProgram

    enum Printing {
        /// Output to output, errors to errors.
        case bytes
        /// The result of `session.exec`.
        case result
        /// The notifications of `exec.subscribe`.
        case notifications
    }

    func run(_ global: GlobalOptions) async throws {
        try await global.connected { connected in
            switch connected.format {
            case .table: try await run(connected, printing: .bytes)
            case .json: try await run(connected, printing: .result)
            case .ndjson: try await run(connected, printing: .notifications)
            }
        }
    }

    /// Runs the program and ends as it did.
    func run(_ connected: Connected, printing: Printing) async throws {
        let id = try await connected.session(program.session)
        let params = try params(id, in: connected.project, input: input)
        let call = try JSONCoding.encode(params)
        guard call.count <= InputLimit.message else { throw InputLimit.exceeded }
        let interrupts = SignalStream([SIGINT])
        let status = try await withThrowingTaskGroup(of: Int32.self) { group in
            group.addTask {
                switch printing {
                case .bytes: try await Self.stream(params, connected)
                case .result: try await Self.call(call, connected)
                case .notifications: try await Self.notify(call, connected)
                }
            }
            group.addTask {
                for await _ in interrupts.numbers { break }
                throw Failure("Interrupted; the program was killed.", status: .cancelled)
            }
            defer { group.cancelAll() }
            return try await group.next() ?? 0
        }
        if status != 0 { throw ExitCode(status) }
    }

    private static func stream(_ params: CommandParams, _ connected: Connected) async throws -> Int32 {
        try await refusing {
            for try await element in try await connected.client.run(params) {
                switch element {
                case .bytes(let bytes, .stdout): connected.console.write(bytes: bytes)
                case .bytes(let bytes, .stderr): connected.console.writeErrors(bytes)
                case .ended(let end): return status(of: end, on: connected.console)
                }
            }
            throw ClientError.disconnected
        }
    }

    private static func call(_ params: [UInt8], _ connected: Connected) async throws -> Int32 {
        try await refusing {
            let bytes = try await connected.client.call(ExecSession.name, params: params)
            connected.console.line(bytes: bytes)
            return status(of: try connected.decode(ProgramEnd.self, from: bytes), on: connected.console)
        }
    }

    private static func notify(_ params: [UInt8], _ connected: Connected) async throws -> Int32 {
        try await refusing {
            for try await text in try await connected.client.stream(SubscribeExec.name, params: params) {
                connected.console.line(bytes: text)
                let notification = try connected.decode(JSONValue.self, from: text)
                guard notification["type"] == "end" else { continue }
                guard notification["reason"] == "exited" else {
                    throw Failure("The program's output ended before it did.", status: .undecided)
                }
                return status(of: try connected.decode(ProgramEnd.self, from: text), on: connected.console)
            }
            throw ClientError.disconnected
        }
    }

    /// What is missing is 127 to whoever runs programs, as with a shell.
    private static func refusing(_ body: () async throws -> Int32) async throws -> Int32 {
        do {
            return try await body()
        } catch let refusal as Refusal where refusal.fault.reason == CommandParams.programNotFound {
            var failure = Failure(refusal.fault.message, hint: refusal.fault.hint, status: .usage)
            failure.status = 127
            throw failure
        }
    }

    /// The exit status that means a program's end, and what else there is to say about it.
    static func status(of end: ProgramEnd, on console: Console) -> Int32 {
        if end.truncated == true { console.note("Some of what it wrote was dropped.", .yellow) }
        if end.timedOut == true {
            console.note("Killed: its time was over.", .yellow)
            return 124
        }
        if let signal = end.signal { return Int32(clamping: 128 + signal) }
        return Int32(clamping: end.exitCode ?? 255)
    }

    /// What the daemon is asked for; reads standard input.
    func params(_ session: SessionID, in project: ProjectID?, input: () throws -> [UInt8]?) throws -> CommandParams {
        var params = CommandParams(
            projectID: project,
            sessionID: session,
            argv: program.words,
            cwd: options.directory,
            timeoutMs: max(1, Int((options.timeout ?? 3600) * 1000)),
            outputLimit: options.limit
        )
        for text in options.env {
            guard let sign = text.firstIndex(of: "=") else { continue }
            params.env = params.env ?? [:]
            params.env?[String(text[..<sign])] = String(text[text.index(after: sign)...])
        }
        if let bytes = try input(), !bytes.isEmpty {
            if !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) {
                params.stdin = text
            } else {
                params.stdinBase64 = Data(bytes).base64EncodedString()
            }
        }
        return params
    }

    /// Standard input, where it is not a person.
    func input() throws -> [UInt8]? {
        if options.hasNoInput || isatty(STDIN_FILENO) == 1 { return nil }
        do {
            return try InputLimit.read(.standardInput)
        } catch let failure as Failure {
            throw failure
        } catch {
            // Closed before we began: there is nothing to hand over.
            return nil
        }
    }
}
