import HTTPTypes
import HummingbirdCore
import JSONText
import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1
import NIOWebSocket
import OctobotAPI
import OctobotModel
import OctobotServer
import OctobotServices

extension Gateway {
    /// A request for a terminal's WebSocket that may have one.
    struct AdmittedTerminal: Sendable {
        let params: OpenTerminal.Params
        let call: Call
        /// For the answer 101.
        let fields: HTTPHeaders
    }

    /// Judges a request for a WebSocket: everything is checked, and the sandbox made ready, before it is granted.
    ///
    /// - Returns: `nil` for a request that is not to a terminal, which is answered as if it had not asked.
    func judge(_ head: HTTPRequestHead, _ standing: Standing, _ channel: any Channel) async throws -> AdmittedTerminal?
    {
        let fields = HTTPFields(head.headers, splitCookie: false)
        let request = Request(
            head: HTTPRequest(
                method: .get,
                scheme: "http",
                authority: head.headers.first(name: "host"),
                path: head.uri,
                headerFields: fields
            ),
            body: RequestBody(buffer: ByteBuffer())
        )
        let visit = try screen(request, standing, Self.requestID(of: fields))
        guard case .route(let route, let values) = visit.destination, route.operation.name == OpenTerminal.name else {
            return nil
        }
        guard Self.isKey(head.headers.first(name: "sec-websocket-key")) else { throw Refusal.handshake }
        let upgrader = NIOWebSocketServerUpgrader(
            shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture(HTTPHeaders()) },
            upgradePipelineHandler: { channel, _ in channel.eventLoop.makeSucceededVoidFuture() }
        )
        let answer: HTTPHeaders
        do {
            answer = try await upgrader.buildUpgradeResponse(
                channel: channel,
                upgradeRequest: head,
                initialResponseHeaders: HTTPHeaders()
            ).get()
        } catch {
            throw Refusal.upgradeRequired
        }
        let params = try Self.terminal(of: values, visit.target)
        try await table.admit(to: OpenTerminal.self, project: params.project, visit.call)
        try await streams.prepareTerminal(params, visit.call)
        return AdmittedTerminal(params: params, call: visit.call, fields: answer)
    }

    /// What is asked for; sizes that are none take the default (rest-api.md §17).
    private static func terminal(of values: [String], _ target: RequestTarget) throws(Fault) -> OpenTerminal.Params {
        func size(_ name: String, _ standard: Int) throws(Fault) -> Int {
            guard let number = try target.value(of: name).flatMap({ Int($0) }), number > 0 else { return standard }
            return min(number, Terminal.sizes.upperBound)
        }
        return OpenTerminal.Params(
            projectID: ProjectID(values.first ?? ""),
            sessionID: SessionID(values.count > 1 ? values[1] : ""),
            id: .random(),
            rows: try size("rows", 24),
            cols: try size("cols", 80),
            root: try target.value(of: "root") == "true"
        )
    }

    /// RFC 6455 §4.2.1: 16 bytes in Base64.
    private static func isKey(_ text: String?) -> Bool {
        guard let text, text.utf8.count == 24, text.hasSuffix("==") else { return false }
        return text.utf8.dropLast(2).allSatisfy {
            $0.isTokenByte && $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: ".")
                || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "/")
        }
    }

    /// The route without a WebSocket: 400 for who did not ask for one, 426 for who cannot have it here.
    func terminal(_ page: Page) throws -> Response {
        let asked = page.visit.fields.contains(.secWebSocketVersion) || page.visit.fields.contains(.secWebSocketKey)
        throw asked ? Refusal.upgradeRequired : Refusal.noUpgrade
    }
}
