import OctobotModel
import Sealing
import Synchronization

/// The logins begun in the last minutes, each good once, for whoever began it; a restart of the daemon forgets them.
final class PendingLogins: Sendable {
    /// What a claim finds.
    enum Claim: Sendable {
        case claimed(PendingLogin)
        /// Never begun here, by somebody else, ended, or too old.
        case unknown
        /// The state that came with the code is another login's.
        case foreignState
    }

    /// What a poll finds.
    enum Poll: Sendable {
        case ask(PendingLogin)
        /// Asked too early, or somebody asks already.
        case wait(PendingLogin)
        case succeeded(Credential)
        case unknown
    }

    private static let largestNumber = 1000
    private static let largestNumberOfUser = 20

    private let logins = Mutex<[String: PendingLogin]>([:])

    /// Remembers a login; the oldest of somebody who has very many is given up.
    func begin(_ login: PendingLogin) throws(Fault) {
        let isKept = logins.withLock { logins in
            let now = ContinuousClock.now
            logins = logins.filter { $0.value.end > now }
            let own = logins.values.filter { $0.userID == login.userID }
            if own.count >= Self.largestNumberOfUser, let oldest = own.min(by: { $0.end < $1.end }) {
                logins.removeValue(forKey: oldest.id)
            }
            guard logins.count < Self.largestNumber else { return false }
            logins[login.id] = login
            return true
        }
        guard isKept else {
            throw Fault(.overloaded, "Too many logins have begun.", retryAfterMilliseconds: 60_000)
        }
    }

    /// Takes the login of a verifier, so that nobody else can use it.
    func claim(
        verifier: String,
        state: String?,
        _ project: ProjectID,
        _ user: UserID,
        where matches: (PendingLogin.Provider) -> Bool
    ) -> Claim {
        let given = Array(verifier.utf8)
        return logins.withLock { logins in
            let found = logins.values.first { login in
                matches(login.provider) && login.belongs(to: project, user)
                    && Digest.areEqual(Array(login.verifier.utf8), given)
            }
            guard let found else { return .unknown }
            if let state, state != found.id { return .foreignState }
            return Self.claim(found.id, &logins)
        }
    }

    /// Takes the login of a state that came back through a browser, whoever's it is.
    func claim(callback state: String) -> Claim {
        logins.withLock { logins in
            guard case .codex(_, .some)? = logins[state]?.provider else { return .unknown }
            return Self.claim(state, &logins)
        }
    }

    private static func claim(_ id: String, _ logins: inout [String: PendingLogin]) -> Claim {
        guard var login = logins[id], login.end > .now, case .waiting = login.phase else {
            return .unknown
        }
        login.phase = .asking
        logins[id] = login
        return .claimed(login)
    }

    /// Whether the provider may be asked about a device code now.
    func poll(_ id: String, _ project: ProjectID, _ user: UserID) -> Poll {
        logins.withLock { logins in
            let now = ContinuousClock.now
            guard var login = logins[id], login.belongs(to: project, user), case .copilot = login.provider
            else {
                return .unknown
            }
            if case .succeeded(let credential) = login.phase { return .succeeded(credential) }
            guard login.isOpen, login.end > now else { return .unknown }
            guard case .waiting = login.phase, login.nextPoll.map({ $0 <= now }) ?? true else {
                return .wait(login)
            }
            login.phase = .asking
            login.nextPoll = now + login.interval
            logins[id] = login
            return .ask(login)
        }
    }

    /// Lets a login that was asked about be asked about again.
    func reopen(_ id: String, slowedDown: Bool = false) {
        logins.withLock { logins in
            guard var login = logins[id], case .asking = login.phase else { return }
            login.phase = .waiting
            login.isSlowedDown = slowedDown
            if slowedDown {
                // RFC 8628 §3.5.
                login.interval += .seconds(5)
                login.nextPoll = login.nextPoll.map { $0 + .seconds(5) }
            }
            logins[id] = login
        }
    }

    /// Ends a login; what it came to is remembered for those who wait.
    func end(_ id: String, as phase: PendingLogin.Phase) {
        logins.withLock { logins in
            guard logins[id]?.isOpen == true else { return }
            logins[id]?.phase = phase
        }
    }

    /// The login, unless it is somebody else's or too old.
    func login(_ id: String, _ project: ProjectID, _ user: UserID) -> PendingLogin? {
        logins.withLock { logins in
            guard let login = logins[id], login.belongs(to: project, user), login.end > .now else {
                return nil
            }
            return login
        }
    }

    /// The ports on which a browser is still awaited.
    var ports: Set<Int> {
        logins.withLock { logins in
            let now = ContinuousClock.now
            return Set(
                logins.values.compactMap { login in
                    guard case .codex(_, let port) = login.provider, login.isOpen, login.end > now else {
                        return nil
                    }
                    return port
                }
            )
        }
    }
}
