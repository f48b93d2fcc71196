package import OctobotAPI
package import OctobotModel
import ProviderLogin

extension ProviderLoginService {
    /// `credential.startCopilot`.
    package func startCopilot(
        _ params: StartCopilot.Params,
        _ call: Call
    ) async throws(Fault)
        -> DeviceLogin
    {
        let host = try host(params)
        let code: CopilotLogin.DeviceCode
        do throws(ProviderLoginError) {
            code = try await copilot.start(at: host)
        } catch {
            throw error.fault(of: "GitHub")
        }
        try pending.begin(
            PendingLogin(
                id: code.deviceCode,
                provider: .copilot(host: host),
                projectID: params.project,
                userID: call.principal.userID,
                verifier: "",
                end: .now + min(code.lifetime, .seconds(3600)),
                interval: code.interval
            )
        )
        return DeviceLogin(
            deviceCode: code.deviceCode,
            userCode: code.userCode,
            verificationURI: code.verificationURI,
            expiresIn: Int(code.lifetime.components.seconds),
            interval: Int(code.interval.components.seconds),
            domain: host
        )
    }

    /// `credential.pollCopilot`.
    package func pollCopilot(
        _ params: PollCopilot.Params,
        _ call: Call
    ) async throws(Fault)
        -> PollCopilot.Result
    {
        switch pending.poll(params.deviceCode, params.project, call.principal.userID) {
        case .unknown: throw Self.expired
        case .wait(let login): return Self.patience(login.interval, isSlowedDown: login.isSlowedDown)
        case .succeeded(let credential):
            return PollCopilot.Result(status: .success, credential: credential)
        case .ask(let login): return try await ask(login)
        }
    }

    private func ask(_ login: PendingLogin) async throws(Fault) -> PollCopilot.Result {
        guard case .copilot(let host) = login.provider else { throw Self.expired }
        let tokens: ProviderTokens
        do throws(ProviderLoginError) {
            tokens = try await copilot.poll(login.id, at: host)
        } catch {
            return try await answer(error, login)
        }
        return PollCopilot.Result(status: .success, credential: try await store(tokens, of: login))
    }

    private func answer(
        _ error: ProviderLoginError,
        _ login: PendingLogin
    ) async throws(Fault) -> PollCopilot.Result {
        switch error {
        case .refused(.authorizationPending):
            pending.reopen(login.id)
            return Self.patience(login.interval, isSlowedDown: false)
        case .refused(.slowDown):
            pending.reopen(login.id, slowedDown: true)
            return Self.patience(login.interval + .seconds(5), isSlowedDown: true)
        case .refused(.expiredToken):
            await end(login.id, as: .failed(Self.expired.message))
            throw Self.expired
        case .refused(.accessDenied):
            let denied = Fault(
                .permissionDenied,
                "The login was refused on GitHub's page.",
                reason: "login.denied"
            )
            await end(login.id, as: .failed(denied.message))
            throw denied
        case .refused(let code) where !error.isTransient:
            let refused = Fault.invalidParams(
                "GitHub refused the login (\(code.rawValue)).",
                pointer: "/deviceCode",
                rule: "refused",
                hint: "Begin again with \(StartCopilot.name)."
            )
            await end(login.id, as: .failed(refused.message))
            throw refused
        default:
            pending.reopen(login.id)
            throw error.fault(of: "GitHub")
        }
    }

    private func host(_ params: StartCopilot.Params) throws(Fault) -> String {
        guard params.deployment == .enterprise else { return CopilotLogin.publicHost }
        guard let host = params.enterpriseURL.flatMap(CopilotLogin.host) else {
            throw .invalidParams(
                "'enterpriseUrl' names no host.",
                pointer: "/enterpriseUrl",
                rule: "format",
                expected: "https://github.example.com"
            )
        }
        guard copilot.admits(host) else {
            throw .invalidParams(
                "'\(host)' is not one of the hosts that may be asked.",
                pointer: "/enterpriseUrl",
                rule: "allowed",
                hint: "Whoever runs the daemon can add it to GITHUB_ENTERPRISE_HOSTS."
            )
        }
        return host
    }

    private static func patience(_ interval: Duration, isSlowedDown: Bool) -> PollCopilot.Result {
        let error: OAuthErrorCode = isSlowedDown ? .slowDown : .authorizationPending
        return PollCopilot.Result(
            status: .pending,
            error: error.rawValue,
            interval: Int(interval.components.seconds)
        )
    }

    private static let expired = Fault(
        .cursorExpired,
        "The device code has expired, or was not given out here.",
        reason: "login.expired",
        hint: "Begin again with \(StartCopilot.name)."
    )
}
