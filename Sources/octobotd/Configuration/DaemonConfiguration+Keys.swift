import Sealing

extension DaemonConfiguration {
    /// `ENCRYPTION_KEY`, else systemd's credential of that name, else the key file, which the first start makes.
    ///
    /// Each may hold several keys, the current one first; what is sealed with another one is sealed anew.
    func sealingKeys() throws -> SealingKeys {
        if let encryptionKey {
            return SealingKeys(
                try KeyRing(text: encryptionKey, separator: ","),
                source: .external(
                    """
                    The key comes from ENCRYPTION_KEY. To rotate it, put a new key and a comma in front of it and start \
                    octobotd again; once it has said so, the old key can go.
                    """
                )
            )
        }
        if let credentialsFolder, let ring = try KeyFile.load(path: credentialsFolder + "/octobot.key") {
            return SealingKeys(
                ring,
                source: .external(
                    """
                    The key is the credential octobot.key of the service manager. To rotate it, put a new key on a line in \
                    front of it and start octobotd again; once it has said so, the old key can go.
                    """
                )
            )
        }
        let path = stateFolder + "/key"
        return SealingKeys(try KeyFile.loadOrCreate(path: path), source: .file(path: path))
    }
}
