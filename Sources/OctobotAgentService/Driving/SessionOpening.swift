import AgentClientProtocol
import Foundation
import SandboxAgentAPI

/// Opens the agent's session: resumes or loads the one we know, else makes a new one (acp.md §6).
struct SessionOpening: Sendable {
    var configuration: AgentConfiguration
    var credentials: [AgentCredential]
    var program: any AgentProgram
    var capabilities: AgentCapabilities
    var receiver: AgentReceiver
    /// What it is opened with.
    var setup: SessionSetup

    private var path: String { configuration.sessionFile }

    /// The session, and whether an earlier conversation could not be taken up.
    func open() async throws -> (session: StoredAgentSession, hasLostContext: Bool) {
        let stored = StoredAgentSession.load(path, agentType: configuration.entry.id, cwd: configuration.directory)
        if let stored, let options = try await takeUp(stored.acpSessionID) {
            receiver.changeOptions { $0 = options }
            return (stored, false)
        }
        let new = try await authenticating { try await program.newSession(setup) }
        receiver.changeOptions { $0 = new.options }
        let session = StoredAgentSession(
            acpSessionID: new.id,
            agentType: configuration.entry.id,
            cwd: configuration.directory,
            createdAt: Date(),
            isUsed: false,
            firstMode: new.options.currentMode
        )
        try session.save(path)
        return (session, stored.map { $0.isUsed ?? true } ?? false)
    }

    private func takeUp(_ id: String) async throws -> SessionOptions? {
        do {
            if capabilities.resumesSessions {
                return try await authenticating { try await program.resume(id, setup) }
            }
            guard capabilities.loadsSessions else { return nil }
            let options = try await authenticating { try await program.load(id, setup) }
            if configuration.entry.repliesBeforeReplayEnds { try await waitUntilQuiet() }
            return options
        } catch let error as ACPError where error.code != ACPError.authenticationRequiredCode {
            // An unknown or broken session is no reason to fail: a new one is made.
            return nil
        }
    }

    private func waitUntilQuiet() async throws {
        while receiver.quiet < configuration.limits.replayQuiet {
            try await Task.sleep(for: configuration.limits.replayQuiet - receiver.quiet)  // ok: waits for silence
        }
    }

    /// Repeats a call once after `authenticate`, when the agent asks for it and a method fits a credential we have.
    private func authenticating<Result: Sendable>(_ call: () async throws -> Result) async throws -> Result {
        do {
            return try await call()
        } catch let error as ACPError where error.code == ACPError.authenticationRequiredCode {
            let names = Set(credentials.map(\.envVar))
            let methods = configuration.entry.authenticationMethods
            guard let name = configuration.entry.credentialVariables.first(where: { names.contains($0) }),
                let method = methods[name]
            else { throw error }
            try await program.authenticate(method)
            return try await call()
        }
    }
}
