import DockerEngine
import Foundation
import OctobotModel
import OctobotTestSupport
import SandboxAgentAPI
import Synchronization
import Testing

@testable import OctobotSandbox

struct MockSubject: Subject {
    private let mock = MockProvider()

    init() {
        mock.setLimits(contractLimits.limits)
        mock.makeCaches()
        mock.installation = "test"
        mock.accept(secret: contractSecret)
    }

    var provider: any SandboxProvider { mock }
    func successor() -> any SandboxProvider { mock }
    func id(_ number: Int) -> SessionID { SessionID("s\(number)") }

    func note(_ text: String, in id: SessionID) async throws {
        _ = try await mock.agent(of: id).writeFile(WriteFile(path: "note", content: text))
    }

    func note(in id: SessionID) async throws -> String {
        String(decoding: mock.agent(of: id).hands.file("note") ?? [], as: UTF8.self)
    }

    func arrange(_ behaviour: Behaviour?, in id: SessionID) {
        let refusal = SandboxError.startFailed(message: "cannot frob the widget", log: "cannot frob the widget")
        mock.fail(.start, with: behaviour == .refuse ? refusal : nil)
        mock.hold(.start, at: behaviour == .deaf ? MockGate() : nil)
    }

    func kill(_ id: SessionID) { mock.end(id, as: .failed, error: "The sandbox was killed (status 137).") }
    func leave(_ id: SessionID) { mock.end(id, as: .failed, error: "The sandbox ended with status 9: leaving with 9") }
}

struct LocalSubject: Subject {
    let harness: LocalHarness
    let own: LocalProvider

    var provider: any SandboxProvider { own }
    func successor() throws -> any SandboxProvider { try harness.provider }
    func id(_ number: Int) -> SessionID { SessionID("s\(number)") }

    func note(_ text: String, in id: SessionID) async throws {
        _ = try await harness.run("echo '\(text)' >~/note", in: id, of: own)
    }

    func note(in id: SessionID) async throws -> String {
        try await harness.run("cat ~/note 2>/dev/null", in: id, of: own).trimmingCharacters(in: .newlines)
    }

    func arrange(_ behaviour: Behaviour?, in id: SessionID) async throws {
        let home = own.places.home(id.rawValue)
        for name in ["refuse", "deaf", "stubborn"] { unlink("\(home)/\(name)") }
        if let behaviour { try Data().write(to: URL(filePath: "\(home)/\(behaviour.rawValue)")) }
    }

    func kill(_ id: SessionID) async throws {
        try #require(own.entries.withLock { $0[id]?.live?.main }).signal(SIGKILL)
    }

    func leave(_ id: SessionID) async throws { _ = try? await harness.run("exit 9", in: id, of: own) }
}

struct DockerSubject: Subject {
    let harness: DockerHarness
    let own: DockerProvider

    var provider: any SandboxProvider { own }
    func successor() -> any SandboxProvider { harness.provider() }
    func id(_ number: Int) -> SessionID { SessionID("\(harness.id)-\(number)") }

    func note(_ text: String, in id: SessionID) async throws {
        _ = try await harness.run("echo '\(text)' >~/note", in: id)
    }

    func note(in id: SessionID) async throws -> String {
        try await harness.run("cat ~/note 2>/dev/null || true", in: id)
    }

    /// Through the volume's own folder, because what does not run cannot be asked.
    func arrange(_ behaviour: Behaviour?, in id: SessionID) async throws {
        let home = try await harness.client.inspectVolume(DockerNames.dataVolume(id)).path
        for name in ["refuse", "deaf", "stubborn"] { unlink("\(home)/\(name)") }
        if let behaviour { try Data().write(to: URL(filePath: "\(home)/\(behaviour.rawValue)")) }
    }

    func kill(_ id: SessionID) async throws { try await harness.engine.docker("kill", DockerNames.container(id)) }
    func leave(_ id: SessionID) async throws { _ = try await harness.run("touch ~/leave", in: id) }

    /// What ``DockerHarness/agent`` does, and an answer to each request that depends on its secret.
    static let agent = #"""
        echo begun
        [ -e $HOME/refuse ] && { echo 'cannot frob the widget'; exit 7; }
        [ -e $HOME/deaf ] && exec sleep 1000
        trap 'exit 0' TERM
        [ -e $HOME/stubborn ] && trap '' TERM
        cat >/tmp/answer <<'END'
        #!/bin/sh
        end=$(printf '\r')
        what='401 Unauthorized'
        while read -r line && [ "$line" != "$end" ]; do
            case $line in [Aa]uthorization:*" right$end") what='404 Not Found';; esac
        done
        printf 'HTTP/1.1 %s\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}' "$what"
        END
        chmod +x /tmp/answer
        nc -ll -p 3002 -e /tmp/answer &
        while :; do
            [ -e $HOME/leave ] && { rm $HOME/leave; echo 'leaving now'; exit 9; }
            sleep 0.05
        done
        """#
}
