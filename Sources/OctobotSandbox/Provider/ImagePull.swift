package import OctobotModel

/// How far the pull of a sandbox image is.
package struct ImagePull: Sendable, Equatable {
    package enum State: Sendable, Equatable {
        case running, completed
        /// Why it is given up.
        case failed(String)
    }

    /// Its name, as configured.
    package var image: String
    package var state: State
    /// Of the layers whose size is known so far, as are the bytes in all.
    package var receivedBytes: Int64
    package var totalBytes: Int64
    package var startedAt: Timestamp
    package var completedAt: Timestamp?

    package init(
        image: String,
        state: State,
        receivedBytes: Int64,
        totalBytes: Int64,
        startedAt: Timestamp,
        completedAt: Timestamp? = nil
    ) {
        self.image = image
        self.state = state
        self.receivedBytes = receivedBytes
        self.totalBytes = totalBytes
        self.startedAt = startedAt
        self.completedAt = completedAt
    }
}
