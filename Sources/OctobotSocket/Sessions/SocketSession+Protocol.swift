import JSONRPC
import JSONRPCTransport
import JSONText
import Logging
import OctobotAPI
import OctobotModel
import OctobotServer
import OctobotServices

/// The calls that concern the connection itself (rpc.md §4). They are answered where they are read, so nothing delays them.
extension SocketSession {
    /// `rpc.ping`, when the transport has not answered it from bytes already.
    func ping(_ call: RPCCall) throws(Fault) -> RPCAnswer {
        _ = try server.table.params(of: RPCPing.self, from: call.params)
        return RPCAnswer(server.pong)
    }

    /// `rpc.hello`.
    func hello(_ call: RPCCall) throws(Fault) -> RPCAnswer {
        let params = try server.table.params(of: RPCHello.self, from: call.params)
        if let range = params.protocol, !(range.minimum...max(range.minimum, range.maximum)).contains(Self.version) {
            throw Fault(
                .unsupportedProtocol,
                "This daemon speaks protocol \(Self.version); \(range.minimum) to \(range.maximum) was asked for.",
                details: ["minimum": .integer(Int64(Self.version)), "maximum": .integer(Int64(Self.version))],
                hint: range.minimum > Self.version ? "Update octobotd." : "Update the client."
            )
        }
        var limits = server.configuration.limits
        if isForeign { limits.connections = server.configuration.foreignConnections }
        let configuration = server.configuration
        return try encoded(
            RPCHello.Result(
                protocol: Self.version,
                apiLevel: Self.apiLevel,
                version: configuration.version,
                instance: configuration.instance,
                limits: limits,
                // Nothing lies beyond the stable surface yet, so nothing is granted.
                capabilities: [],
                principal: RPCHello.Principal(id: principal.userID, name: principal.name),
                gateway: configuration.gateway()
            )
        )
    }

    func refusal(ofCancelling params: [UInt8]) -> RPCError? {
        do throws(Fault) {
            _ = try server.table.params(of: RPCCancel.self, from: params)
            return nil
        } catch {
            return error.rpcError(requestID: RequestID.make())
        }
    }

    /// `rpc.unsubscribe`: nothing of the subscription follows the answer.
    func unsubscribe(_ call: RPCCall) throws(Fault) -> RPCAnswer {
        let params = try server.table.params(of: RPCUnsubscribe.self, from: call.params)
        guard book.unsubscribe(params.subscription) else {
            throw Fault(
                .subscriptionNotFound,
                "This connection never had a subscription '\(params.subscription.prefix(128))'.",
                hint: "Send the 'subscription' that the subscribe call answered, on the same connection."
            )
        }
        return try encoded(Empty())
    }

    /// The wire protocol spoken here.
    private static var version: Int { 1 }
    /// Rises with every addition to the operations.
    private static var apiLevel: Int { 1 }

    private func encoded(_ value: some Encodable) throws(Fault) -> RPCAnswer {
        do {
            return RPCAnswer(try JSONCoding.encode(value))
        } catch {
            server.logger.error("an answer cannot be encoded", metadata: ["error": "\(error)"])
            throw Fault(.internalError, "Something went wrong in the daemon.")
        }
    }
}
