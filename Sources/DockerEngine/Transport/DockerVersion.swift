/// A version of the Engine API, such as 1.41.
package struct DockerVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
    package var major: Int
    package var minor: Int

    /// Docker 20.10.
    package static let oldest = DockerVersion(major: 1, minor: 41)
    /// What this client was written against.
    package static let newest = DockerVersion(major: 1, minor: 47)

    package init(major: Int, minor: Int) {
        self.major = major
        self.minor = minor
    }

    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let major = Int(parts[0]), let minor = Int(parts[1]), major >= 0, minor >= 0 else {
            return nil
        }
        self.init(major: major, minor: minor)
    }

    package var description: String { "\(major).\(minor)" }

    package static func < (left: DockerVersion, right: DockerVersion) -> Bool {
        (left.major, left.minor) < (right.major, right.minor)
    }
}
