import Foundation
package import SandboxAgentAPI
import Synchronization

/// The services and hooks of a mock sandbox, as a test declares them.
package final class MockScripts: Sendable {
    private struct State {
        var services: [SandboxService] = []
        var events: [String: [ServiceEvent]] = [:]
        /// Opened and replaced whenever something happens.
        var bell = MockGate()
        var hooks = HooksStatus()
        var outputs: [String: String] = [:]
        var reruns: [String] = []
    }

    private let state = Mutex(State())

    // MARK: For tests

    package func declare(_ services: [SandboxService]) { state.withLock { $0.services = services } }
    package func setHooks(_ hooks: HooksStatus, outputs: [String: String] = [:]) {
        state.withLock { state in
            state.hooks = hooks
            state.outputs = outputs
        }
    }
    /// The hooks that were run again, in order.
    package var reruns: [String] { state.withLock { $0.reruns } }
    /// Lets a service write something.
    package func print(_ event: ServiceEvent, of id: String) {
        state.withLock { state in
            state.events[id, default: []].append(event)
            return Self.ring(&state)
        }.open()
    }

    // MARK: The agent's side

    var services: [SandboxService] { state.withLock { $0.services } }
    var hooks: HooksStatus { state.withLock { $0.hooks } }

    func start(_ id: String) throws(SandboxAgentError) -> ServiceChange {
        try change(id) { service throws(SandboxAgentError) in
            guard service.passive != true else {
                throw .refused(status: 400, code: ErrorBody.servicePassive, message: "It has no script.")
            }
            guard service.status != .running else {
                throw .refused(status: 409, code: ErrorBody.serviceAlreadyRunning, message: "It runs already.")
            }
            service.status = .running
            service.pid = 42
        }
        state.withLock { $0.events[id] = [] }
        return ServiceChange(.starting, of: id)
    }

    func stop(_ id: String) throws(SandboxAgentError) -> ServiceChange {
        try change(id) { service throws(SandboxAgentError) in
            guard service.status == .running else {
                throw .refused(status: 400, code: ErrorBody.serviceNotRunning, message: "It does not run.")
            }
            service.status = .stopped
        }
        return ServiceChange(.stopped, of: id)
    }

    func output(_ id: String) -> AsyncThrowingStream<ServiceEvent, any Error> {
        let reader = Reader(self, id)
        return AsyncThrowingStream(unfolding: { try await reader.next() })
    }

    private actor Reader {
        private let scripts: MockScripts
        private let id: String
        private var position = 0

        init(_ scripts: MockScripts, _ id: String) {
            self.scripts = scripts
            self.id = id
        }

        func next() async throws -> ServiceEvent? {
            while true {
                let (event, isRunning, bell) = scripts.look(at: id, position)
                if let event {
                    position += 1
                    return event
                }
                guard isRunning else { return nil }
                await bell.wait()
                try Task.checkCancellation()
            }
        }
    }

    private func look(at id: String, _ position: Int) -> (event: ServiceEvent?, isRunning: Bool, bell: MockGate) {
        state.withLock { state in
            let events = state.events[id] ?? []
            let isRunning = state.services.first { $0.id == id }?.status == .running
            return (position < events.count ? events[position] : nil, isRunning, state.bell)
        }
    }

    func hookOutput(_ id: String) -> String { state.withLock { $0.outputs[id] ?? "" } }

    func rerun(_ id: String) throws(SandboxAgentError) -> HookRerun {
        try state.withLock { state throws(SandboxAgentError) in
            guard let hook = state.hooks.hooks[id] else { throw .notFound }
            state.reruns.append(id)
            return HookRerun(exitCode: hook.lastExitCode)
        }
    }

    private func change(
        _ id: String,
        _ body: (inout SandboxService) throws(SandboxAgentError) -> Void
    ) throws(SandboxAgentError) {
        let bell = try state.withLock { state throws(SandboxAgentError) in
            guard let index = state.services.firstIndex(where: { $0.id == id }) else {
                throw .refused(status: 404, code: ErrorBody.serviceNotFound, message: "There is no service '\(id)'.")
            }
            try body(&state.services[index])
            return Self.ring(&state)
        }
        bell.open()
    }

    private static func ring(_ state: inout State) -> MockGate {
        defer { state.bell = MockGate() }
        return state.bell
    }
}
