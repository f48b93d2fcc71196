package import OctobotModel
package import OctobotSandbox

/// The sandbox providers of this daemon by name, and which is used when none is asked for.
package struct SandboxProviders: Sendable {
    private let providers: [String: any SandboxProvider]
    private let preferred: String?

    /// - Parameter preferred: `SANDBOX_PROVIDER`, when set.
    package init(_ providers: [any SandboxProvider], preferred: String?) {
        self.providers = Dictionary(uniqueKeysWithValues: providers.map { ($0.name, $0) })
        self.preferred = preferred
    }

    package var names: [String] { providers.keys.sorted() }

    var all: [any SandboxProvider] { names.compactMap { providers[$0] } }

    /// - Throws: `Unavailable` for a provider this daemon does not have.
    func named(_ name: String) throws(Fault) -> any SandboxProvider {
        guard let provider = providers[name] else {
            throw .unavailable(
                "sandbox provider \(name)",
                "There is no sandbox provider '\(name)'.",
                hint: "Providers here: \(names.joined(separator: ", "))."
            )
        }
        return provider
    }

    package func statuses() async -> [String: ProviderStatus] {
        var statuses: [String: ProviderStatus] = [:]
        for (name, provider) in providers { statuses[name] = await provider.status() }
        return statuses
    }

    /// Which of these commands a new workspace's sandboxes have; a command is missing where that is not known.
    func commands(_ names: Set<String>) async -> [String: Bool] {
        do {
            return try await named(resolve(nil)).commands(names)
        } catch {
            // Without a provider nothing can be said of its sandboxes.
            return [:]
        }
    }

    /// The provider a new workspace gets (decision 21): asked, else `SANDBOX_PROVIDER`, else docker when an engine
    /// answers, else local.
    ///
    /// - Throws: `InvalidParams` for a provider that is asked for and unknown; `Unavailable` where the daemon's own is.
    func resolve(_ asked: String?) async throws(Fault) -> String {
        if let asked {
            guard let provider = providers[asked] else {
                throw .invalidParams(
                    "There is no sandbox provider '\(asked.prefix(100))'.",
                    pointer: "/provider",
                    rule: "enum",
                    expected: names.joined(separator: ", "),
                    got: String(asked.prefix(100))
                )
            }
            return provider.name
        }
        if let preferred { return try named(preferred).name }
        if let docker = providers["docker"], await docker.status().available { return docker.name }
        return try named("local").name
    }
}
