import Synchronization

/// Finds out, by doing it, whether this host lets us make sandboxes.
final class IsolationProbe: Sendable {
    private let configuration: LocalConfiguration
    private let user: SandboxUser?
    /// When it last worked; a failure is looked at again at once.
    private let worked = Mutex<ContinuousClock.Instant?>(nil)

    init(_ configuration: LocalConfiguration, user: SandboxUser?) {
        self.configuration = configuration
        self.user = user
    }

    /// - Throws: ``SandboxError/unavailable(component:message:hint:)`` with what to install or enable.
    func check() async throws(SandboxError) -> Launch.Tools {
        let tools = try Launch.Tools.find(path: configuration.searchPath, user: user)
        if configuration.isolationIsOff { return tools }
        if let last = worked.withLock({ $0 }), last.duration(to: .now) < .seconds(60) { return tools }
        let outcome: ChildProcess.Outcome
        do {
            outcome = try await ChildProcess.run(
                Launch.probe(networkIsHost: configuration.networkIsHost, user: user, tools: tools),
                environment: ["PATH": "/usr/bin:/bin", "LC_ALL": "C"]
            )
        } catch {
            throw .unavailable(
                component: "bubblewrap",
                message: "bubblewrap does not work here: \(error)",
                hint: Self.hint
            )
        }
        guard outcome.status == 0 else {
            let said = outcome.output.split(separator: "\n").last.map(String.init) ?? "status \(outcome.status)"
            throw Self.explain(said)
        }
        worked.withLock { $0 = .now }
        return tools
    }

    /// What bubblewrap's complaint means for the person at this host.
    static func explain(_ complaint: String) -> SandboxError {
        let text = complaint.lowercased()
        if text.contains("unknown option") {
            return .unavailable(
                component: "bubblewrap",
                message: "bubblewrap is too old: \(complaint).",
                hint: "Install version 0.8 or newer."
            )
        }
        return .unavailable(
            component: "user namespaces",
            message: "bubblewrap cannot make namespaces here: \(complaint).",
            hint: hint
        )
    }

    private static let hint = """
        Enable unprivileged user namespaces: user.max_user_namespaces above 0, and where they exist \
        kernel.unprivileged_userns_clone=1 and kernel.apparmor_restrict_unprivileged_userns=0 (sysctl); in a container, \
        allow clone and mount. SANDBOX_LOCAL_ISOLATION=none runs agents without any isolation.
        """
}
