import Foundation
import JSONText
import Sealing
import Synchronization

extension StandInProvider {
    /// A code, and what has to come with it.
    struct Grant {
        var clientID: String
        var redirect: String
        var challenge: String
        var state: String
    }

    /// A device login.
    struct Device {
        /// `nil` while it waits for the person.
        var outcome: Outcome?
        var clientID: String
    }

    /// The person opens the address of a login and agrees.
    ///
    /// - Returns: The code, and the state that goes back with it.
    package func agree(to address: String) throws -> (code: String, state: String) {
        struct Unusable: Error { var why: String }
        guard let mark = address.firstIndex(of: "?") else { throw Unusable(why: "no query") }
        let query = Self.query(String(address[address.index(after: mark)...]))
        guard query["response_type"] == "code", query["code_challenge_method"] == "S256",
            let challenge = query["code_challenge"], challenge.count == 43, let state = query["state"],
            let client = query["client_id"], let redirect = query["redirect_uri"], query["scope"]?.isEmpty == false
        else { throw Unusable(why: address) }
        let code = "code-\(UUID().uuidString)"
        self.state.withLock {
            $0.grants[code] = Grant(clientID: client, redirect: redirect, challenge: challenge, state: state)
        }
        return (code, state)
    }

    /// The person types the code of a device login into the page, or refuses, or does not come.
    package func settle(_ deviceCode: String, _ outcome: Outcome) {
        state.withLock { $0.devices[deviceCode]?.outcome = outcome }
    }

    package enum Outcome: Sendable {
        case approved, denied, expired, slowDown
    }

    func answer(to request: Request) -> StandInReply {
        switch request.path {
        case "/v1/oauth/token" where request.contentType.hasPrefix("application/json"): return token(request.fields)
        case "/oauth/token" where request.contentType == "application/x-www-form-urlencoded":
            return token(request.fields)
        case "/login/device/code":
            guard let client = request.fields["client_id"], request.fields["scope"] == "read:user" else { break }
            return state.withLock { state in
                state.number += 1
                let code = "device-\(state.number)-\(UUID().uuidString)"
                state.devices[code] = Device(clientID: client)
                return .json(
                    200,
                    [
                        "device_code": .string(code), "user_code": "WDJB-MJHT",
                        "verification_uri": .string(url + "/login/device"), "expires_in": 900,
                        "interval": 0,
                    ]
                )
            }
        case "/login/oauth/access_token":
            if request.fields["grant_type"] == "refresh_token" { return token(request.fields) }
            return device(request.fields)
        default: break
        }
        return .json(404, ["message": "not found"])
    }

    /// GitHub answers 200 to what is not ready.
    private func device(_ fields: [String: String]) -> StandInReply {
        guard fields["grant_type"] == "urn:ietf:params:oauth:grant-type:device_code",
            let code = fields["device_code"]
        else { return .json(200, ["error": "unsupported_grant_type"]) }
        guard let device = state.withLock({ $0.devices[code] }), device.clientID == fields["client_id"] else {
            return .json(200, ["error": "incorrect_device_code"])
        }
        switch device.outcome {
        case nil: return .json(200, ["error": "authorization_pending"])
        case .denied?: return .json(200, ["error": "access_denied"])
        case .expired?: return .json(200, ["error": "expired_token"])
        case .slowDown?:
            settle(code, .approved)
            return .json(200, ["error": "slow_down", "interval": 10])
        case .approved?:
            return .json(
                200,
                ["access_token": .string("access-gh-\(code)"), "token_type": "bearer", "scope": "read:user"]
            )
        }
    }

    private func token(_ fields: [String: String]) -> StandInReply {
        switch fields["grant_type"] {
        case "authorization_code":
            let grant = state.withLock { $0.grants.removeValue(forKey: fields["code"] ?? "") }
            guard let grant, grant.clientID == fields["client_id"], grant.redirect == fields["redirect_uri"],
                fields["state"].map({ $0 == grant.state }) ?? true,
                Self.challenge(of: fields["code_verifier"] ?? "") == grant.challenge
            else { return .json(400, ["error": "invalid_grant", "error_description": "bad code access-leak"]) }
            return tokens()
        case "refresh_token":
            // Good once: a rotating token.
            let isKnown = state.withLock { $0.refreshTokens.remove(fields["refresh_token"] ?? "") != nil }
            return isKnown ? tokens() : .json(400, ["error": "invalid_grant"])
        default: return .json(400, ["error": "unsupported_grant_type"])
        }
    }

    private func tokens() -> StandInReply {
        state.withLock { state in
            state.number += 1
            let refresh = "refresh-\(state.number)"
            state.refreshTokens.insert(refresh)
            return .json(
                200,
                [
                    "access_token": .string("access-\(state.number)"), "token_type": "Bearer",
                    "scope": "user:inference", "expires_in": 3600, "refresh_token": .string(refresh),
                ]
            )
        }
    }

    /// RFC 7636 §4.2.
    private static func challenge(of verifier: String) -> String {
        Data(Digest.sha256(Array(verifier.utf8))).base64EncodedString().replacing("+", with: "-")
            .replacing("/", with: "_").replacing("=", with: "")
    }

    /// The values of a query or a form.
    package static func query(_ text: String) -> [String: String] {
        var values: [String: String] = [:]
        for pair in text.split(separator: "&") {
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map {
                $0.replacing("+", with: " ").removingPercentEncoding ?? ""
            }
            values[sides[0]] = sides.count > 1 ? sides[1] : ""
        }
        return values
    }
}
