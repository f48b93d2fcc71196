import HTTPTypes
import HummingbirdCore
import JSONText
import Logging
import NIOCore
import NIOHTTP1
import OctobotAPI
import OctobotModel
import OctobotServer
import OctobotServices

/// Answers requests: screens them, finds the operation they mean, calls it, and gives its result the shape of the route.
struct Gateway: Sendable {
    /// What was found out about a connection when it was accepted.
    enum Standing: Sendable, Equatable {
        case admitted
        case foreign
        case oneTooMany
    }

    let table: OperationTable
    let streams: any GatewayStreams
    let registry = StreamRegistry()
    let referencePages = ReferencePages()
    private let routes: RouteTable
    private let hosts: HostRule
    private let origins: OriginRule
    private let cors: CrossOriginAnswers
    private let limits: GatewayConfiguration.Limits
    private let principal: Principal
    private let logger: Logger

    init(
        configuration: GatewayConfiguration,
        port: Int,
        table: OperationTable,
        streams: any GatewayStreams,
        operations: [AnyOperation],
        principal: Principal,
        logger: Logger
    ) {
        self.table = table
        self.streams = streams
        routes = RouteTable(operations)
        hosts = HostRule(port: port, configured: configuration.allowedHosts)
        origins = OriginRule(hosts: hosts, granted: configuration.corsOrigins)
        cors = CrossOriginAnswers(origins: origins)
        limits = configuration.limits
        self.principal = principal
        self.logger = logger
    }

    /// Writes exactly one answer to `request`; `refusal` was found out before.
    @concurrent func respond(
        to request: Request,
        _ standing: Standing,
        _ client: ClientConnection,
        refusing refusal: (any Error)? = nil,
        _ writer: consuming ResponseWriter
    ) async throws {
        let requestID = Self.requestID(of: request.headers)
        var response: Response
        var isBroken = false
        do {
            if let refusal { throw refusal }
            let visit = try screen(request, standing, requestID)
            var body: [UInt8] = []
            if visit.hasBody {
                if request.headers[.expect]?.lowercased() == "100-continue" {
                    try await writer.writeInformationalHead(HTTPResponse(status: .continue))
                }
                body = try await BodyReader.read(request, limit: limit(for: visit))
            }
            response = try await answer(visit, body, client)
            if visit.call.replay.isReplayed { response.headers[.idempotencyReplayed] = "true" }
        } catch let refusal as Refusal {
            response = Answer.fault(
                refusal.fault,
                requestID: requestID,
                status: HTTPResponse.Status(code: refusal.status)
            )
            response.headers[.allow] = refusal.allow
            if refusal.asksForUpgrade {
                response.headers[.upgrade] = "websocket"
                response.headers[.secWebSocketVersion] = "13"
            }
        } catch let fault as Fault {
            response = Answer.fault(fault, requestID: requestID)
            if fault.kind == .requestTooLarge { response.headers[.connection] = "close" }
        } catch is RequestOrderHandler.BodyTimedOut {
            isBroken = true
            let refusal = Refusal.bodyTimeout
            response = Answer.fault(refusal.fault, requestID: requestID, status: .requestTimeout)
        } catch is HTTPParserError {
            isBroken = true
            response = Answer.fault(Refusal.unreadable.fault, requestID: requestID, status: .badRequest)
        }
        Answer.complete(&response, requestID: requestID)
        for field in cors.fields(for: request.headers) { response.headers[field.name] = field.value }
        if isBroken || standing != .admitted || request.headers[.connection] == "close" {
            response.headers[.connection] = "close"
        }
        if request.method == .head {
            if response.headers[.contentLength] == nil, response.status != .noContent {
                response.headers[.contentLength] = "0"
            }
            try await writer.writeResponse(response.head)
        } else {
            try await writer.write(response: response.head, body: response.body)
        }
        logger.debug(
            "request answered",
            metadata: [
                "http.method": "\(request.method)", "http.status": "\(response.status.code)",
                "request.id": "\(requestID)",
            ]
        )
        if response.headers[.connection] == "close" { try await client.channel.close(mode: .output).get() }
        if isBroken { throw ChannelError.inputClosed }
    }

    /// A request that passed every check that needs no body.
    struct Visit: Sendable {
        let requestID: String
        let target: RequestTarget
        let fields: HTTPFields
        let isHead: Bool
        let hasBody: Bool
        let destination: Destination
        let call: Call
    }

    enum Destination: Sendable {
        case route(Route, values: [String])
        case options(preflight: Bool, allow: String)
        case front
    }

    /// Everything that is refused before the body is looked at.
    func screen(_ request: Request, _ standing: Standing, _ requestID: String) throws -> Visit {
        switch standing {
        case .admitted: break
        case .foreign: throw Refusal.peer
        case .oneTooMany: throw Fault(.tooManyConnections, "Too many connections.", retryAfterMilliseconds: 1000)
        }
        guard let host = request.head.authority, !host.isEmpty else { throw Refusal.unreadable }
        guard hosts.allows(host) else { throw Refusal.host(host) }
        let fields = request.headers
        guard origins.admitsReading(fields) || request.method == .options else { throw Refusal.origin }
        let target = try RequestTarget(request.head.path ?? "")
        let destination = try self.destination(of: request, target)
        let changes = ![.get, .head, .options].contains(request.method)
        if changes || destination.isStream {
            guard origins.admitsEffects(fields) else { throw Refusal.origin }
        }
        let hasBody = BodyReader.hasBody(fields)
        if hasBody, request.method != .options, !BodyReader.isJSON(fields) { throw Refusal.contentType }
        let key = fields[.idempotencyKey]
        guard (1...128).contains(key?.utf8.count ?? 1) else { throw Refusal.idempotencyKey }
        return Visit(
            requestID: requestID,
            target: target,
            fields: fields,
            isHead: request.method == .head,
            hasBody: hasBody,
            destination: destination,
            call: Call(principal: principal, requestID: requestID, idempotencyKey: key)
        )
    }

    private func destination(of request: Request, _ target: RequestTarget) throws -> Destination {
        if target.segments == [""] {
            guard request.method == .get || request.method == .head else {
                throw Refusal.method(request.method.rawValue, allow: "GET, HEAD")
            }
            return .front
        }
        guard let match = try routes.match(target.segments) else { throw Refusal.path(request.head.path ?? "") }
        if request.method == .options {
            return .options(
                preflight: request.headers[.accessControlRequestMethod] != nil,
                allow: match.allowed
            )
        }
        guard let route = match.routes[request.method == .head ? .get : request.method] else {
            throw Refusal.method(request.method.rawValue, allow: match.allowed)
        }
        return .route(route, values: match.values)
    }

    private func limit(for visit: Visit) -> Int {
        guard case .route(let route, _) = visit.destination,
            [SendChat.name, WriteSessionFile.name, WriteGitFile.name].contains(route.operation.name)
        else { return limits.bodyBytes }
        return limits.largeBodyBytes
    }

    private func answer(
        _ visit: Visit,
        _ body: [UInt8],
        _ client: ClientConnection
    ) async throws -> Response {
        switch visit.destination {
        case .front:
            return Answer.json(["name": "octobotd", "status": "/api/status"])
        case .options(let isPreflight, let allow):
            var response = Response(status: .ok)
            response.headers[.allow] = allow
            if isPreflight {
                for field in cors.preflightFields(for: visit.fields) { response.headers[field.name] = field.value }
            }
            return response
        case .route(let route, let values) where route.binding.shape == .custom:
            let page = Page(route: route, values: values, body: body, visit: visit, client: client)
            return try await custom(page)
        case .route(let route, let values):
            let params = try ParamsBuilder(route: route).params(path: values, target: visit.target, body: body)
            return try await RESTShape(table: table, route: route, call: visit.call)
                .answer(params: params, target: visit.target)
        }
    }

    /// The request id a client sent, if it is a sane one, so that its logs and ours can be matched.
    static func requestID(of fields: HTTPFields) -> String {
        guard let given = fields[.requestID], (1...64).contains(given.utf8.count),
            given.utf8.allSatisfy({ $0.isTokenByte })
        else { return RequestID.make() }
        return given
    }
}

extension Gateway.Destination {
    /// Whether the answer is an event stream or a WebSocket, which a foreign page must not open.
    fileprivate var isStream: Bool {
        guard case .route(let route, _) = self else { return false }
        return route.operation.stream != nil || route.operation.name == OpenTerminal.name
    }
}

extension UInt8 {
    var isTokenByte: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
