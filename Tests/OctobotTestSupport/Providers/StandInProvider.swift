import JSONText
import NIOHTTP1
import Synchronization

/// A program on loopback that is every model provider's login: Anthropic's, OpenAI's and GitHub's, with faults on demand.
package final class StandInProvider: Sendable {
    /// What goes wrong with one answer.
    package enum Fault: Sendable, Equatable {
        /// An answer of this kind and status in place of the right one.
        case answer(status: Int, body: String, type: String = "application/json")
        /// The error of OAuth with this code.
        case error(String, status: Int = 400)
        case redirect(to: String)
        /// Many megabytes.
        case huge
        /// The right head, and then a byte now and then, for ever.
        case drip
        /// Nothing at all.
        case silence
        /// The connection is closed in place of an answer.
        case close
    }

    /// A request as it came.
    package struct Request: Sendable {
        package var path: String
        package var contentType: String
        package var fields: [String: String]
    }

    struct State {
        var faults: [Fault] = []
        var requests: [Request] = []
        var grants: [String: Grant] = [:]
        var devices: [String: Device] = [:]
        var refreshTokens: Set<String> = []
        var number = 0
    }

    let state = Mutex(State())

    /// Such as `http://127.0.0.1:40123`.
    package let url: String

    private init(url: String) { self.url = url }

    /// Starts it and runs `body`.
    package static func run<Result: Sendable>(
        _ body: (StandInProvider) async throws -> Result
    ) async throws -> Result {
        try await StandInServer.run(
            at: "127.0.0.1",
            { StandInProvider(url: "http://\($0)") },
            answer: { $0.reaction(to: Request($1, $2)) },
            body
        )
    }

    /// Lets the next answers go wrong, one fault each.
    package func fail(_ faults: Fault...) { state.withLock { $0.faults += faults } }

    /// What came so far.
    package var requests: [Request] { state.withLock { $0.requests } }

    /// Makes every refresh token given out so far worthless.
    package func revokeRefreshTokens() { state.withLock { $0.refreshTokens = [] } }

    func reaction(to request: Request) -> StandInReply {
        let fault = state.withLock { state -> Fault? in
            state.requests.append(request)
            return state.faults.isEmpty ? nil : state.faults.removeFirst()
        }
        switch fault {
        case nil: return answer(to: request)
        case .answer(let status, let body, let type)?:
            return .answer(status, Array(body.utf8), [("Content-Type", type)])
        case .error(let code, let status)?: return .json(status, ["error": .string(code)])
        case .redirect(let target)?: return .answer(302, [], [("Location", target)])
        case .huge?:
            let filling = String(repeating: "x", count: 4 << 20)
            return .json(200, ["access_token": "access-huge", "filling": .string(filling)])
        case .drip?: return .drip
        case .silence?: return .silence
        case .close?: return .close
        }
    }
}

extension StandInProvider.Request {
    fileprivate init(_ head: HTTPRequestHead, _ body: [UInt8]) {
        path = String(head.uri.prefix { $0 != "?" })
        contentType = head.headers.first(name: "Content-Type") ?? ""
        fields =
            contentType.hasPrefix("application/json")
            ? Self.members(body) : StandInProvider.query(String(decoding: body, as: UTF8.self))
    }

    private static func members(_ body: [UInt8]) -> [String: String] {
        let value = (try? JSONValue(parsing: body))?.objectValue ?? [:]
        return value.compactMapValues(\.stringValue)
    }
}
