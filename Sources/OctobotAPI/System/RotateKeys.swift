package import OctobotModel

/// Replace the key that secrets are sealed with.
package enum RotateKeys: Operation {
    package static let name = "system.keys.rotate"
    package static let summary = "Replace the key that secrets are sealed with"
    package static let description = """
        Makes a new key and seals every secret with it; the old one is deleted once none needs it. Everything goes on meanwhile. \
        A rotation that was interrupted goes on when the daemon starts. `invalidState` for a key that is not the daemon's own \
        file: the hint says how to rotate that.
        """
    package static let access = Access.operator
    package static let errors: [FaultKind] = [.permissionDenied, .invalidState]
    package static let isIdempotent = false
    package static let isDurable = true
    package static let exampleParams = Empty()
    package static let exampleResult = Result(moved: 3, unreadable: 0)

    package typealias Params = Empty

    /// What became of the secrets.
    package struct Result: Codable, Sendable, Equatable, ComponentDescribing {
        /// How many are sealed with the new key now.
        package var moved: Int
        /// How many could not be opened before either; they were left alone.
        package var unreadable: Int

        package init(moved: Int, unreadable: Int) {
            self.moved = moved
            self.unreadable = unreadable
        }

        package static let schemaName = "KeyRotation"
        package static let definition = JSONSchema.record(
            .required("moved", .count, "How many secrets are sealed with the new key now."),
            .required("unreadable", .count, "How many could not be opened before either; they were left alone.")
        )
    }
}
