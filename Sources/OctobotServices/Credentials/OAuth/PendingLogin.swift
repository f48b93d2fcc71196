import OctobotModel

/// A login that has begun at a provider (behaviour.md §12.4).
struct PendingLogin: Sendable {
    enum Provider: Sendable, Equatable {
        case anthropic
        /// Where the browser is sent, and the port the daemon listens on for it.
        case codex(redirect: String, port: Int?)
        /// The host that gave the device code.
        case copilot(host: String)

        /// Its name for people.
        var name: String {
            switch self {
            case .anthropic: "Anthropic"
            case .codex: "OpenAI"
            case .copilot: "GitHub"
            }
        }

        /// What the credential is stored under.
        var credential: (provider: String, name: String) {
            switch self {
            case .anthropic: ("anthropic", "Anthropic OAuth")
            case .codex: ("codex", "OpenAI Codex")
            case .copilot: ("github-copilot", "GitHub Copilot")
            }
        }
    }

    enum Phase: Sendable {
        case waiting
        /// Somebody asks the provider right now.
        case asking
        case succeeded(Credential)
        case failed(String)
    }

    /// The state, or the device code.
    let id: String
    let provider: Provider
    let projectID: ProjectID
    let userID: UserID
    /// Empty for device codes.
    let verifier: String
    let end: ContinuousClock.Instant
    var phase = Phase.waiting
    /// The shortest time between two polls.
    var interval = Duration.zero
    var nextPoll: ContinuousClock.Instant?
    /// Whether the provider asked for patience last.
    var isSlowedDown = false

    func belongs(to project: ProjectID, _ user: UserID) -> Bool {
        projectID == project && userID == user
    }

    var isOpen: Bool {
        switch phase {
        case .waiting, .asking: true
        case .succeeded, .failed: false
        }
    }
}
