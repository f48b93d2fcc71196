import OctobotClient
import OctobotModel

extension Connected {
    /// How long a daemon that went away may take to come back.
    private static var patience: Duration { .seconds(30) }

    /// Repeats what is harmless to repeat while the daemon is away.
    func patiently<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        let deadline = ContinuousClock.now + Self.patience
        while true {
            do {
                return try await body()
            } catch let error where Self.isPassing(error) && ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(100))  // ok: a socket that is not there yet tells nothing
            }
        }
    }

    private static func isPassing(_ error: any Error) -> Bool {
        switch error {
        case ClientError.disconnected, ClientError.unreachable: true
        case let refusal as Refusal: refusal.fault.kind == .shuttingDown || refusal.fault.kind == .overloaded
        default: false
        }
    }
}
