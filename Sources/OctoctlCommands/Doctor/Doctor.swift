import ArgumentParser
import Foundation
import JSONText
import OctobotAPI
import OctobotClient
import OctobotModel

/// `octoctl doctor`.
struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check what is there on this machine, and say what to do about what is not.",
        discussion: """
            Looks at git, bubblewrap and user namespaces, the container engine, the folders, the socket, the daemon, its \
            sandbox providers and the agents. Starts the daemon unless --no-spawn. Exit status 69 when the main job \
            cannot work.
            """
    )

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        let answers = await daemonFindings()
        var findings = HostChecks(environment: environment).findings
        if !answers.contains(where: { $0.name == DaemonChecks.name(ofProvider: "docker") }) {
            findings.append(EngineCheck(environment: environment).finding)
        }
        findings += answers
        let isFine = !findings.contains { $0.verdict == .problem }
        let console = Console.standard
        switch global.output {
        case .table:
            let width = findings.map { TerminalText.width($0.name) }.max() ?? 0
            for line in findings.flatMap({ $0.lines(width: width) }) { console.line(line.text, line.style) }
        case .json:
            let json: JSONValue = ["ok": .bool(isFine), "findings": .array(findings.map(\.json))]
            console.line(bytes: json.serialized())
        case .ndjson:
            for finding in findings { console.line(bytes: finding.json.serialized()) }
        }
        if !isFine { throw ExitCode(Failure.Status.unavailable.rawValue) }
    }

    private func daemonFindings() async -> [Finding] {
        do {
            let path = try global.endpoint().socketPath
            let answers = try await global.connected { try await DaemonChecks(connected: $0).findings() }
            // Looked at when the daemon had a chance to make it.
            return [SocketCheck.finding(path)] + answers
        } catch {
            let failure = Failure(error) ?? Failure("\(error)", status: .unavailable)
            // Nobody was asked to start it: then that nothing runs is no fault of the machine.
            let isIdle = global.isSpawnForbidden && failure.status == Failure.Status.unavailable.rawValue
            return [
                Finding(
                    name: "daemon",
                    verdict: isIdle ? .notice : .problem,
                    detail: failure.message,
                    remedy: failure.hint
                )
            ]
        }
    }
}
