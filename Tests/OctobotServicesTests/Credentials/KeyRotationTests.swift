import Foundation
import Logging
import OctobotAPI
import OctobotModel
import OctobotStore
import OctobotTestSupport
import Sealing
import Testing

@testable import OctobotServices

@Suite("Rotation of the key", .timeLimit(.minutes(2)))
struct KeyRotationTests {
    /// A store with credentials, and the keys of its file as a start of the daemon finds them.
    private struct Place {
        let path: String
        let store: Store
        let ledger: Ledger
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

        func keys() throws -> SealingKeys {
            SealingKeys(try KeyFile.loadOrCreate(path: path), source: .file(path: path))
        }

        func vault() throws -> CredentialVault { CredentialVault(ledger: ledger, keys: try keys()) }
        func rotation() throws -> KeyRotation { KeyRotation(ledger: ledger, keys: try keys(), logger: logger) }
        var lines: Int {
            get throws { try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").count }
        }

        func outdated(for keys: SealingKeys) async throws -> Int {
            try await store.read { try $0.sealedCredentials(after: nil, limit: 500) }
                .count { keys.ring.isOutdated($0.sealed) }
        }
    }

    private func withPlace(_ body: (Place) async throws -> Void) async throws {
        try await withTemporaryDirectory { folder in
            let store = try await Store(path: folder.appending(path: "octobot.db").path(percentEncoded: false))
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let ledger = Ledger(store: store, bells: Bells(), logger: logger) { _ in }
            let path = folder.appending(path: "key").path(percentEncoded: false)
            try await body(Place(path: path, store: store, ledger: ledger))
            try store.close()
        }
    }

    private func fill(_ vault: CredentialVault, _ count: Int = 250) async throws {
        for number in 0..<count {
            _ = try await vault.store(.apiKey("sk-\(number)"), for: "p\(number)", in: .local)
        }
    }

    private func check(_ vault: CredentialVault, _ count: Int = 250) async throws {
        for number in 0..<count {
            let secret = try await vault.credential(for: "p\(number)", in: .local)?.secret
            #expect(secret == .apiKey("sk-\(number)"))
        }
    }

    @Test("every secret is sealed anew and the old key is gone; those who read meanwhile notice nothing")
    func rotates() async throws {
        try await withPlace { place in
            let keys = try place.keys()
            let vault = CredentialVault(ledger: place.ledger, keys: keys)
            try await fill(vault)
            let old = keys.ring.current
            let sandboxes = keys.sandboxKey(stored: nil)
            let rotation = KeyRotation(ledger: place.ledger, keys: keys, logger: place.logger)
            async let reading: Void = check(vault)
            let result = try await rotation.rotate()
            try await reading
            #expect(result.moved == 250 && result.unreadable == 0)
            #expect(keys.ring.current != old && !keys.ring.hasEarlierKeys)
            #expect(try await place.outdated(for: keys) == 0)
            #expect(try place.lines == 1)
            try await check(try place.vault())
            let stored = try await place.store.read { try $0.sealedSandboxKey() }
            #expect(keys.sandboxKey(stored: stored) == sandboxes)
            #expect(try await rotation.rotate().moved == 250)
            let again = try await place.store.read { try $0.sealedSandboxKey() }
            #expect(try place.keys().sandboxKey(stored: again) == sandboxes)
        }
    }

    @Test("interrupted with some secrets moved, nothing is lost and the next start brings it to its end")
    func resumes() async throws {
        try await withPlace { place in
            try await fill(try place.vault(), 20)
            let keys = try place.keys()
            try keys.beginRotation()
            // Two have been moved when everything ends.
            let vault = CredentialVault(ledger: place.ledger, keys: keys)
            for number in [3, 7] {
                _ = try await vault.store(.apiKey("sk-\(number)"), for: "p\(number)", in: .local)
            }
            #expect(try place.lines == 2)
            try await check(try place.vault(), 20)
            let next = try place.keys()
            #expect(next.ring == keys.ring)
            #expect(try await place.outdated(for: next) == 18)
            try await KeyRotation(ledger: place.ledger, keys: next, logger: place.logger).resume()
            #expect(try place.lines == 1)
            #expect(next.ring.current == keys.ring.current && !next.ring.hasEarlierKeys)
            #expect(try await place.outdated(for: next) == 0)
            try await check(try place.vault(), 20)
        }
    }

    @Test("what cannot be opened is left alone and told")
    func unreadable() async throws {
        try await withPlace { place in
            let foreign = SealingKeys(KeyRing(try SecretKey.random()), source: .external(""))
            try await fill(CredentialVault(ledger: place.ledger, keys: foreign), 2)
            _ = try await place.vault().store(.apiKey("sk-1"), for: "p1", in: .local)
            let result = try await place.rotation().rotate()
            #expect(result.moved == 1 && result.unreadable == 1)
            try await check(CredentialVault(ledger: place.ledger, keys: foreign), 1)
        }
    }

    @Test("a key that is not the daemon's file is refused with what to do; put in front of the old one it is taken up")
    func external() async throws {
        try await withPlace { place in
            let old = try SecretKey.random()
            let source = SealingKeys.Source.external("Put a new one in front.")
            let before = SealingKeys(KeyRing(old), source: source)
            try await fill(CredentialVault(ledger: place.ledger, keys: before), 5)
            let rotation = KeyRotation(ledger: place.ledger, keys: before, logger: place.logger)
            let refused = await fault { _ = try await rotation.rotate() }
            #expect(refused?.reason == "keys.external" && refused?.hint == "Put a new one in front.")
            let after = SealingKeys(KeyRing(try SecretKey.random(), earlier: [old]), source: source)
            try await KeyRotation(ledger: place.ledger, keys: after, logger: place.logger).resume()
            let alone = SealingKeys(KeyRing(after.ring.current), source: source)
            try await check(CredentialVault(ledger: place.ledger, keys: alone), 5)
            let stored = try await place.store.read { try $0.sealedSandboxKey() }
            #expect(alone.sandboxKey(stored: stored) == old.sandboxKey)
        }
    }
}
