import AgentClientProtocol
import Foundation
import JSONText
import Synchronization

/// The built-in agent: deterministic, without a model, and an ACP agent like any other (design.md §7).
final class DemoAgent: ACPReceiver {
    private struct State {
        var prompts: [String: Task<Void, any Error>] = [:]
        var greeted: Set<String> = []
        var model = "echo"
    }

    private let link: any ACPLink
    private let interval: Duration
    private let state = Mutex(State())

    /// - Parameter interval: the pause of `/slow`.
    init(_ link: any ACPLink, interval: Duration) {
        self.link = link
        self.interval = interval
    }

    func notified(_ method: String, params: [UInt8]) async {
        guard method == ACPMethod.cancel, let session = Self.session(params) else { return }
        state.withLock { $0.prompts[session] }?.cancel()
    }

    func closed() async {
        let prompts = state.withLock { $0.prompts.values }
        for prompt in prompts { prompt.cancel() }
    }

    private static func session(_ params: [UInt8]) -> String? {
        do {
            return try JSONValue(parsing: params)["sessionId"]?.stringValue
        } catch {
            return nil
        }
    }

    func answer(_ method: String, params: [UInt8]) async throws(ACPError) -> [UInt8] {
        let request: JSONValue
        do {
            request = try JSONValue(parsing: params)
        } catch {
            throw .invalidParams("The params are not JSON")
        }
        switch method {
        case ACPMethod.initialize:
            return AgentCapabilities(
                loadsSessions: false,
                resumesSessions: true,
                acceptsImages: true,
                acceptsEmbeddedContext: true,
                name: "octobot-demo",
                title: "Octobot demo",
                version: AgentVersion.current
            ).json.serialized()
        case ACPMethod.newSession:
            guard request["cwd"]?.stringValue?.hasPrefix("/") == true else { throw .invalidParams("cwd is missing") }
            return session(UUID().uuidString.lowercased()).serialized()
        case ACPMethod.resumeSession:
            guard let id = request["sessionId"]?.stringValue else { throw .invalidParams("sessionId is missing") }
            return session(id).serialized()
        case ACPMethod.setConfigOption:
            guard let value = request["value"]?.stringValue, ["echo", "shout"].contains(value) else {
                throw .invalidParams("There is no such model")
            }
            state.withLock { $0.model = value }
            return JSONValue.object(["configOptions": [modelOption.json]]).serialized()
        case ACPMethod.prompt:
            return try await prompt(request)
        default:
            throw .methodNotFound(method)
        }
    }

    private var modelOption: ConfigOption {
        ConfigOption(
            id: "model",
            category: "model",
            currentValue: state.withLock { $0.model },
            choices: [.init(value: "echo", name: "Echo"), .init(value: "shout", name: "Shout")]
        )
    }

    private func session(_ id: String) -> JSONValue {
        ["sessionId": .string(id), "configOptions": [modelOption.json]]
    }

    private func prompt(_ request: JSONValue) async throws(ACPError) -> [UInt8] {
        guard let session = request["sessionId"]?.stringValue else { throw .invalidParams("sessionId is missing") }
        let blocks = (request["prompt"]?.arrayValue ?? []).compactMap(ContentBlock.init)
        let isNew = state.withLock { $0.greeted.insert(session).inserted }
        let performance = DemoPerformance(
            client: ClientPeer(link, sessionID: session),
            interval: interval,
            shouts: state.withLock { $0.model == "shout" }
        )
        let task = Task { try await performance.play(blocks, greeting: isNew) }
        state.withLock { $0.prompts[session] = task }
        defer { _ = state.withLock { $0.prompts.removeValue(forKey: session) } }
        do {
            try await withTaskCancellationHandler {
                try await task.value
            } onCancel: {
                task.cancel()
            }
            return JSONValue.object(["stopReason": .string(task.isCancelled ? "cancelled" : "end_turn")]).serialized()
        } catch let error as ACPError where !task.isCancelled {
            throw error
        } catch {
            guard task.isCancelled else { throw ACPError(code: ACPError.internalCode, message: "\(error)") }
            return JSONValue.object(["stopReason": "cancelled"]).serialized()
        }
    }
}
