package import Logging
package import OctobotAPI
package import OctobotModel
import OctobotSandbox
import OctobotStore
package import Sealing
import ServiceLifecycle

/// Seals everything anew when the daemon's key changes (`system.keys.rotate`).
///
/// The new key is in the file before anything is sealed with it, the old one until nothing is: whenever this is
/// interrupted, every secret can be opened, and the next start goes on where it ended.
package struct KeyRotation: Service {
    private let ledger: Ledger
    private let keys: SealingKeys
    private let logger: Logger
    private let locks = KeyedLocks<String>()

    package init(ledger: Ledger, keys: SealingKeys, logger: Logger) {
        self.ledger = ledger
        self.keys = keys
        self.logger = logger
    }

    /// Ends a rotation that was interrupted, or that the person who runs the daemon began with another key.
    package func run() async throws {
        do {
            try await resume()
        } catch {
            logger.error("Secrets are not all sealed with the new key", metadata: ["error": "\(error)"])
        }
        try await gracefulShutdown()
    }

    /// `system.keys.rotate`.
    package func rotate(_ params: Empty, _ call: Call) async throws(Fault) -> RotateKeys.Result { try await rotate() }

    /// Puts a new key in the place of the present one.
    package func rotate() async throws(Fault) -> RotateKeys.Result {
        try await locks.withLock("keys") { () async throws(Fault) in
            // Too many keys in the file could not be read again: one rotation ends before the next.
            if keys.ring.hasEarlierKeys { _ = try await finish() }
            try await keepSandboxKey(of: keys.ring.current)
            do throws(SealingError) {
                try keys.beginRotation()
            } catch {
                throw error.fault
            }
            return try await finish()
        }
    }

    /// Goes on with a rotation, if one has not ended.
    func resume() async throws(Fault) {
        try await locks.withLock("keys") { () async throws(Fault) in
            let ring = keys.ring
            guard ring.hasEarlierKeys else { return }
            try await keepSandboxKey(of: ring.previous ?? ring.current)
            _ = try await finish()
        }
    }

    private func finish() async throws(Fault) -> RotateKeys.Result {
        let result = try await resealAll()
        do throws(SealingError) {
            try keys.endRotation()
        } catch {
            throw error.fault
        }
        logger.notice(
            "Every secret is sealed with the current key; earlier keys are not needed any more",
            metadata: ["moved": "\(result.moved)", "unreadable": "\(result.unreadable)"]
        )
        return result
    }

    /// The sandboxes that run know secrets derived from this key: it outlives the key it came from.
    private func keepSandboxKey(of key: SecretKey) async throws(Fault) {
        try await ledger.write { [keys] transaction, _ in
            guard try transaction.sealedSandboxKey() == nil else { return }
            try transaction.setInstallationSecret(
                SealingKeys.sandboxKeyName,
                sealed: try keys.sealed(key.sandboxKey),
                at: .now
            )
        }
    }

    /// In short transactions, between which others write; what they seal meanwhile is sealed with the new key.
    private func resealAll() async throws(Fault) -> RotateKeys.Result {
        var result = RotateKeys.Result(moved: 0, unreadable: 0)
        try await ledger.write { [keys] transaction, _ in
            guard let sealed = try transaction.sealedSandboxKey(), keys.ring.isOutdated(sealed) else { return }
            try transaction.setInstallationSecret(
                SealingKeys.sandboxKeyName,
                sealed: try keys.sealed(keys.sandboxKey(stored: sealed)),
                at: .now
            )
        }
        var last: CredentialID?
        repeat {
            let (next, moved, unreadable) = try await ledger.write { [keys, last] transaction, _ in
                let ring = keys.ring
                var (moved, unreadable) = (0, 0)
                let batch = try transaction.sealedCredentials(after: last, limit: 100)
                for sealed in batch where ring.isOutdated(sealed.sealed) {
                    let place = sealed.credential.place
                    let secret: [UInt8]
                    do throws(SealingError) {
                        secret = try ring.open(sealed.sealed, context: place)
                    } catch {
                        unreadable += 1
                        continue
                    }
                    try transaction.resealCredential(
                        sealed.credential.id,
                        sealed: try ring.seal(secret, context: place)
                    )
                    moved += 1
                }
                return (batch.last?.credential.id, moved, unreadable)
            }
            result.moved += moved
            result.unreadable += unreadable
            last = next
        } while last != nil
        return result
    }
}

extension SealingError {
    /// As a caller is told it; the paths and problems of key files are no secrets.
    var fault: Fault {
        guard case .externalKey(let remedy) = self else { return Fault(.internalError, description) }
        return .invalidState(
            "The key is not the daemon's own to change.",
            reason: "keys.external",
            state: "external",
            hint: remedy
        )
    }
}
