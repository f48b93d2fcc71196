import Foundation
import OctobotModel
import OctobotTestSupport
import Testing

@testable import OctobotSandbox

/// The providers that keep the contract.
enum Kind: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case mock, local, docker

    var testDescription: String { rawValue }

    /// Those that can run here; the others are named once.
    static let usable: [Kind] = allCases.filter { kind in
        let reason =
            switch kind {
            case .mock: String?.none
            case .local: Bubblewrap.isUsable ? nil : "bubblewrap does not work"
            case .docker: TestEngine.unavailable
            }
        if let reason { print("SKIPPED: the provider contract on \(kind.rawValue), because \(reason)") }
        return reason == nil
    }
}

/// How a sandbox's program behaves from its next start on.
enum Behaviour: String, Sendable {
    /// It does not come up and says why.
    case refuse
    /// It runs, but never listens.
    case deaf
    /// It does not leave when it is asked to.
    case stubborn
}

/// A provider of one kind, and what a test does around it.
protocol Subject: Sendable {
    var provider: any SandboxProvider { get }
    /// Another one over the same places, as a new daemon makes it.
    func successor() throws -> any SandboxProvider
    /// A session's name that no other test has; those of greater numbers come later.
    func id(_ number: Int) -> SessionID
    /// Leaves a note in the home of a sandbox that runs.
    func note(_ text: String, in id: SessionID) async throws
    /// The note in the home of a sandbox that runs; empty without one.
    func note(in id: SessionID) async throws -> String
    /// Changes how a sandbox that runs behaves once it is started again; `nil` makes it behave.
    func arrange(_ behaviour: Behaviour?, in id: SessionID) async throws
    /// Ends a sandbox as somebody does who does not know of us.
    func kill(_ id: SessionID) async throws
    /// Makes the program of a sandbox leave by itself.
    func leave(_ id: SessionID) async throws
}

/// What all subjects are held to.
let contractLimits = SandboxLimitSettings(memoryMegabytes: 256, processors: 1.5, processes: 200)

/// The secret that agents take.
let contractSecret = "right"

extension Subject {
    func spec(_ number: Int) -> SandboxSpec { LocalHarness.spec(id(number)) }

    func create(_ number: Int) async throws -> SessionID {
        try await provider.create(spec(number))
        return id(number)
    }

    func start(_ number: Int) async throws -> SessionID {
        let id = try await create(number)
        try await provider.start(id)
        return id
    }

    func status(_ id: SessionID) async throws -> SandboxStatus? { try await provider.sandbox(id)?.status }

    /// How the agent of a session answers.
    func answer(_ id: SessionID, secret: String = contractSecret) async -> Answer {
        do {
            _ = try await provider.agent(id, secret: secret).question("nothing")
            return .other("a question")
        } catch let error as SandboxAgentError {
            switch error {
            // It knows of no such question, so it was asked.
            case .notFound: return .reached
            case .unauthorized: return .refused
            case .unreachable: return .unreachable
            default: return .other("\(error)")
            }
        } catch SandboxError.notFound {
            return .unreachable
        } catch {
            return .other("\(error)")
        }
    }
}

enum Answer: Equatable {
    case reached, refused, unreachable
    case other(String)
}

/// Runs a case on a provider of this kind; what it leaves is removed.
func withSubject(_ kind: Kind, _ body: (any Subject) async throws -> Void) async throws {
    switch kind {
    case .mock: try await body(MockSubject())
    case .local:
        let change = LocalHarness.Change { configuration, _ in configuration.limits = contractLimits }
        try await withLocalHarness(change) { harness in
            try await body(LocalSubject(harness: harness, own: try harness.provider))
        }
    case .docker:
        let change = DockerHarness.Change { configuration in
            configuration.limits = contractLimits
            configuration.command = ["/bin/sh", "-c", DockerSubject.agent]
        }
        try await withDockerHarness(change) { harness in
            try await body(DockerSubject(harness: harness, own: harness.provider()))
        }
    }
}
