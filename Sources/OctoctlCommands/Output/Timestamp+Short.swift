import OctobotModel

extension Timestamp {
    /// To the second, such as `2026-01-02 03:04:05Z`.
    var short: String {
        description.prefix(19).replacing("T", with: " ") + "Z"
    }
}
