import OctobotModel
import OctobotStore
import Sealing

/// The key that sandboxes' secrets are derived from.
///
/// As long as nothing is stored it comes from the daemon's own key. Before that changes it is stored, sealed, because
/// the sandboxes that run keep their secrets.
extension SealingKeys {
    static let sandboxKeyName = "sandboxKey"
    private static let place = "installation_secret sealed sandboxKey"

    /// - Parameter stored: What the store has of it.
    func sandboxKey(stored: [UInt8]?) -> SandboxKey {
        let ring = ring
        guard let stored else { return ring.current.sandboxKey }
        do {
            return try SandboxKey(bytes: try ring.open(stored, context: Self.place))
        } catch {
            // The daemon was given another key altogether: what it sealed before is lost, sandboxes start anew.
            return ring.current.sandboxKey
        }
    }

    func sealed(_ key: SandboxKey) throws(SealingError) -> [UInt8] {
        try ring.seal(key.bytes, context: Self.place)
    }
}

extension StoreReader {
    func sealedSandboxKey() throws -> [UInt8]? { try installationSecret(SealingKeys.sandboxKeyName) }
}
