import Synchronization

/// The keys of an installation while it runs: where they come from, and the ring of those that count now.
package final class SealingKeys: Sendable {
    package enum Source: Sendable, Equatable {
        /// A file of ours, which a rotation rewrites.
        case file(path: String)
        /// Somewhere only the person who runs the daemon can change; what to change, in words.
        case external(String)
    }

    package let source: Source
    private let current: Mutex<KeyRing>

    package init(_ ring: KeyRing, source: Source) {
        self.source = source
        current = Mutex(ring)
    }

    /// The first key of the ring seals, all open.
    package var ring: KeyRing { current.withLock { $0 } }

    /// Puts a new random key in front of the others, in the file first; those keep opening.
    ///
    /// One that is there with earlier keys already is left: its rotation has not ended.
    /// - Throws: ``SealingError/externalKey(_:)`` when the keys are not ours to change.
    package func beginRotation() throws(SealingError) {
        let path: String
        switch source {
        case .file(let file): path = file
        case .external(let remedy): throw .externalKey(remedy)
        }
        let ring = self.ring
        guard !ring.hasEarlierKeys else { return }
        let next = KeyRing(try SecretKey.random(), earlier: ring.keys)
        try KeyFile.replace(path: path, with: next)
        current.withLock { $0 = next }
    }

    /// Forgets the earlier keys, once nothing is sealed with them any more.
    ///
    /// Keys that are not ours to change stay.
    package func endRotation() throws(SealingError) {
        guard case .file(let path) = source else { return }
        let ring = self.ring
        guard ring.hasEarlierKeys else { return }
        let next = KeyRing(ring.current)
        try KeyFile.replace(path: path, with: next)
        current.withLock { $0 = next }
    }
}
