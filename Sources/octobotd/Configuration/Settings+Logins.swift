import ProviderLogin

extension Settings {
    /// `ANTHROPIC_CLIENT_ID`, `GITHUB_COPILOT_CLIENT_ID`, `CODEX_CLIENT_ID`, `GITHUB_ENTERPRISE_HOSTS`,
    /// `OCTOBOT_PROVIDER_STAND_IN`.
    mutating func logins() throws -> LoginConfiguration {
        var configuration = try value(
            "OCTOBOT_PROVIDER_STAND_IN",
            default: LoginConfiguration(),
            shown: "",
            allowed: "http://127.0.0.1:PORT of a test's program that answers in place of every provider"
        ) { LoginConfiguration(standIn: $0) }
        let ids = configuration.clientIDs
        configuration.clientIDs.anthropic = try clientID("ANTHROPIC_CLIENT_ID", ids.anthropic)
        configuration.clientIDs.copilot = try clientID("GITHUB_COPILOT_CLIENT_ID", ids.copilot)
        configuration.clientIDs.codex = try clientID("CODEX_CLIENT_ID", ids.codex)
        configuration.enterpriseHosts = try value(
            "GITHUB_ENTERPRISE_HOSTS",
            default: [],
            shown: "",
            allowed: "a comma-separated list of host names such as github.example.com"
        ) { text -> [String]? in
            let names = text.split(separator: ",").filter { !$0.allSatisfy(\.isWhitespace) }
            let hosts = names.compactMap { CopilotLogin.host(String($0)) }
            return hosts.count == names.count ? hosts : nil
        }
        return configuration
    }

    private mutating func clientID(_ name: String, _ standard: String) throws -> String {
        try value(name, default: standard, shown: standard, allowed: "visible ASCII, at most 256 characters") {
            $0.wholeMatch(of: /[!-~]{1,256}/) == nil ? nil : $0
        }
    }
}
