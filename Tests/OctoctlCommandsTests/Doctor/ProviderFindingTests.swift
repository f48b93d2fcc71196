import OctobotAPI
import OctobotModel
import Testing

@testable import OctoctlCommands

@Suite("doctor on the sandbox providers")
struct ProviderFindingTests {
    private static let local = ProviderStatus(available: true, state: .ready, details: ["isolation": "bubblewrap"])
    private static let noEngine = ProviderStatus(
        available: false,
        state: .notAvailable,
        message: "No engine answers: there is no '/var/run/docker.sock'. Install Docker (Debian: docker.io)."
    )

    @Test("without an engine the docker provider says so, and that is no problem where local is the default")
    func noEngine() {
        let findings = DaemonChecks.findings(
            ListProviders.Result(providers: ["local": Self.local, "docker": Self.noEngine], default: "local")
        )
        #expect(
            findings == [
                .notice("sandbox: docker", Self.noEngine.message ?? ""),
                .fine("sandbox: local", "ready, the default  isolation=bubblewrap"),
            ]
        )
    }

    @Test("it is one where docker is the default")
    func dockerAsked() {
        let findings = DaemonChecks.findings(
            ListProviders.Result(providers: ["local": Self.local, "docker": Self.noEngine], default: "docker")
        )
        #expect(findings.first == .problem("sandbox: docker", Self.noEngine.message ?? ""))
        #expect(findings.last == .fine("sandbox: local", "ready  isolation=bubblewrap"))
    }

    @Test("an engine is named with its version, its socket and the image")
    func engine() {
        let docker = ProviderStatus(
            available: true,
            state: .ready,
            details: ["engine": "20.10.24", "socket": "/run/docker.sock", "image": "octobot-agent-api:latest"]
        )
        let findings = DaemonChecks.findings(ListProviders.Result(providers: ["docker": docker], default: "docker"))
        #expect(
            findings == [
                .fine(
                    "sandbox: docker",
                    "ready, the default  engine=20.10.24  image=octobot-agent-api:latest  socket=/run/docker.sock"
                )
            ]
        )
    }

    @Test("an image that is being pulled is not called ready")
    func pulling() {
        let docker = ProviderStatus(available: true, state: .downloading, message: "Pulling debian: 3 of 28 MiB")
        let findings = DaemonChecks.findings(ListProviders.Result(providers: ["docker": docker], default: "local"))
        #expect(findings == [.fine("sandbox: docker", "Pulling debian: 3 of 28 MiB")])
    }
}
