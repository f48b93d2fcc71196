import OctobotAPI

/// Whose models the agents of the catalogue use (`agent.authProviders`); ids are those of models.dev where it has one.
enum AuthProviders {
    static subscript(id: String) -> AuthProvider? { all.first { $0.id == id } }

    /// By name.
    static let all: [AuthProvider] = [
        AuthProvider(id: "alibaba", name: "Alibaba", env: ["DASHSCOPE_API_KEY"]),
        AuthProvider(
            id: "anthropic",
            name: "Anthropic",
            env: ["ANTHROPIC_API_KEY", "CLAUDE_CODE_OAUTH_TOKEN", "ANTHROPIC_AUTH_TOKEN"]
        ),
        AuthProvider(id: "codex", name: "Codex", description: "OpenAI by a Codex login.", env: ["CODEX_API_KEY"]),
        AuthProvider(id: "cursor", name: "Cursor", env: ["CURSOR_API_KEY"]),
        AuthProvider(
            id: "github-copilot",
            name: "GitHub Copilot",
            env: ["GITHUB_TOKEN", "COPILOT_GITHUB_TOKEN", "GH_TOKEN"]
        ),
        AuthProvider(id: "google", name: "Google", env: ["GEMINI_API_KEY"]),
        AuthProvider(id: "kimi", name: "Kimi", env: ["KIMI_MODEL_API_KEY"]),
        AuthProvider(id: "mistral", name: "Mistral", env: ["MISTRAL_API_KEY"]),
        AuthProvider(id: "openai", name: "OpenAI", env: ["OPENAI_API_KEY"]),
        AuthProvider(id: "opencode", name: "opencode", env: ["OPENCODE_API_KEY"]),
    ]
}
