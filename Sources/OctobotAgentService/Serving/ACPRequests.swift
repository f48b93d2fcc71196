import AgentClientProtocol
import JSONText

/// Takes what an ACP agent sends: what it wants done is done here, news and questions go on.
struct ACPRequests: ACPReceiver {
    let receiver: AgentReceiver
    let hands: AgentHands

    func answer(_ method: String, params: [UInt8]) async throws(ACPError) -> [UInt8] {
        guard AgentHands.methods.contains(method) else { return try await receiver.answer(method, params: params) }
        let json: JSONValue
        do {
            json = try JSONValue(parsing: params)
        } catch {
            throw .invalidParams("params are no JSON")
        }
        return try await hands.answer(method, json).serialized()
    }

    func notified(_ method: String, params: [UInt8]) async {
        guard let update = receiver.update(method, params: params) else { return }
        guard case .toolCall(let call) = update else { return await receiver.take(update) }
        await receiver.take(.toolCall(hands.showing(call)))
    }

    func closed() async { await receiver.closed() }
}
