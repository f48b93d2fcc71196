/// The coding agents that can be chosen by name (acp.md §19).
package enum AgentCatalogue {
    /// What octobot-agent speaks with an agent's program (design.md §7).
    package enum Driver: Sendable, Equatable {
        /// The Agent Client Protocol on its standard streams.
        case acp
        /// The protocol of `codex app-server` on its standard streams.
        case codex
        /// Claude Code's own messages, one a line, on its standard streams.
        case claude
    }

    /// One kind of agent.
    package struct Entry: Sendable, Equatable {
        /// The agent type, as in `OCTOBOT_AGENT_TYPE`.
        package var id: String
        package var name: String
        package var summary: String
        package var driver: Driver
        /// Program and arguments inside the sandbox.
        ///
        /// `nil` for ``custom``, which brings its own, and ``demo``, which is octobot-agent itself with the argument
        /// `demo`.
        package var command: [String]?
        /// Environment variables that carry its credentials, first choice first.
        ///
        /// Any one of them is enough.
        package var credentialVariables: [String]
        /// Variables of octobotd's own environment that its process gets too: where its model is, never how to log in.
        package var handedOn: [String]
        /// Variables set for its process beyond the service's own.
        package var environment: [String: String]
        /// Variables set besides in every permission mode but `auto`, for agents that otherwise never ask.
        package var askingEnvironment: [String: String]
        /// Method of ACP `authenticate` that goes with a credential variable, for agents that insist on it.
        package var authenticationMethods: [String: String]
        /// The agent answers `session/load` before its replay has ended; wait until it is quiet.
        package var repliesBeforeReplayEnds: Bool
        /// Reads `systemPrompt.append` in the `_meta` of a session's opening.
        package var readsSystemPrompt: Bool
        /// Works without any credential.
        package var needsNoCredential: Bool

        init(
            _ id: String,
            _ name: String,
            _ summary: String,
            driver: Driver = .acp,
            command: [String]?,
            credentials: [String] = [],
            handedOn: [String] = [],
            environment: [String: String] = [:],
            askingEnvironment: [String: String] = [:],
            authentication: [String: String] = [:],
            repliesBeforeReplayEnds: Bool = false,
            readsSystemPrompt: Bool = false,
            needsNoCredential: Bool = false
        ) {
            self.id = id
            self.name = name
            self.summary = summary
            self.driver = driver
            self.command = command
            credentialVariables = credentials
            self.handedOn = handedOn
            self.environment = environment
            self.askingEnvironment = askingEnvironment
            authenticationMethods = authentication
            self.repliesBeforeReplayEnds = repliesBeforeReplayEnds
            self.readsSystemPrompt = readsSystemPrompt
            self.needsNoCredential = needsNoCredential
        }
    }

    /// The type whose command is given with the agent.
    package static let custom = "custom"
    /// The type built into octobot-agent.
    package static let demo = "demo"

    package static subscript(id: String) -> Entry? { all.first { $0.id == id } }

    /// Every type, the ones to try first first.
    package static let all: [Entry] = [
        Entry(
            demo,
            "Demo",
            "Built in and deterministic; needs no model and no network.",
            command: nil,
            readsSystemPrompt: true,
            needsNoCredential: true
        ),
        Entry(
            "claude-code",
            "Claude Code",
            "Anthropic's coding agent.",
            driver: .claude,
            command: ["claude"],
            credentials: ["ANTHROPIC_API_KEY", "CLAUDE_CODE_OAUTH_TOKEN", "ANTHROPIC_AUTH_TOKEN"],
            handedOn: ["ANTHROPIC_BASE_URL"],
            environment: ["IS_SANDBOX": "1", "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1"],
            readsSystemPrompt: true
        ),
        Entry(
            "codex",
            "Codex",
            "OpenAI's coding agent.",
            driver: .codex,
            command: ["codex", "app-server"],
            credentials: ["CODEX_API_KEY", "OPENAI_API_KEY"],
            readsSystemPrompt: true
        ),
        Entry(
            "gemini-cli",
            "Gemini CLI",
            "Google's coding agent.",
            command: ["gemini", "--acp"],
            credentials: ["GEMINI_API_KEY"],
            environment: ["GEMINI_CLI_TRUST_WORKSPACE": "true"],
            authentication: ["GEMINI_API_KEY": "gemini-api-key"],
            repliesBeforeReplayEnds: true
        ),
        Entry(
            "opencode",
            "opencode",
            "Open agent for many providers.",
            command: ["opencode", "acp"],
            credentials: ["ANTHROPIC_API_KEY", "OPENAI_API_KEY", "OPENCODE_API_KEY"]
        ),
        Entry(
            "goose",
            "goose",
            "Block's open agent for many providers.",
            command: ["goose", "acp"],
            credentials: ["ANTHROPIC_API_KEY", "OPENAI_API_KEY"],
            environment: ["GOOSE_DISABLE_KEYRING": "1"],
            askingEnvironment: ["GOOSE_MODE": "approve"]
        ),
        Entry(
            "copilot-cli",
            "GitHub Copilot CLI",
            "GitHub's coding agent.",
            command: ["copilot", "--acp"],
            credentials: ["COPILOT_GITHUB_TOKEN", "GH_TOKEN", "GITHUB_TOKEN"]
        ),
        Entry(
            "kimi",
            "Kimi",
            "Moonshot's coding agent.",
            command: ["kimi", "acp"],
            credentials: ["KIMI_MODEL_API_KEY"]
        ),
        Entry(
            "mistral-vibe",
            "Mistral Vibe",
            "Mistral's coding agent.",
            command: ["vibe-acp"],
            credentials: ["MISTRAL_API_KEY"]
        ),
        Entry(
            "qwen-code",
            "Qwen Code",
            "Alibaba's coding agent.",
            command: ["qwen", "--acp"],
            credentials: ["OPENAI_API_KEY", "DASHSCOPE_API_KEY"]
        ),
        Entry(
            "cursor-agent",
            "Cursor",
            "Cursor's coding agent.",
            command: ["cursor-agent", "acp"],
            credentials: ["CURSOR_API_KEY"]
        ),
        Entry(
            "factory-droid",
            "Factory Droid",
            "Factory's coding agent.",
            command: ["droid", "exec", "--output-format", "acp"]
        ),
        Entry(
            "auggie",
            "Auggie",
            "Augment's coding agent.",
            command: ["auggie", "--acp"],
            environment: ["AUGMENT_DISABLE_AUTO_UPDATE": "1"]
        ),
        Entry("qoder", "Qoder", "Qoder's coding agent.", command: ["qodercli", "--acp"]),
        Entry(custom, "Custom", "Any program that speaks ACP on its standard streams.", command: nil),
    ]
}
