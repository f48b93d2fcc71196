import OctobotTestSupport
import Testing

/// Whether tests of a real engine can run here, and the comment that says why not.
enum Engine {
    static let isUsable = TestEngine.unavailable == nil
    static let reason = Comment(rawValue: TestEngine.unavailable ?? "a Docker engine can run here")
}
