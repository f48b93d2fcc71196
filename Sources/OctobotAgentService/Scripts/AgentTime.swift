import Foundation

/// Moments as the agent API writes them: ISO 8601, UTC, milliseconds.
enum AgentTime {
    static func text(_ moment: Date = Date()) -> String {
        moment.formatted(
            .iso8601.year().month().day().timeZone(separator: .omitted).time(includingFractionalSeconds: true)
        )
    }
}
