import Foundation

/// A moment, in whole milliseconds since 1970 UTC; ISO 8601 with milliseconds and `Z` on every wire.
package struct Timestamp: Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
    package var milliseconds: Int64
    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// The present moment by the system clock.
    package static var now: Timestamp {
        Timestamp(milliseconds: Int64((Date().timeIntervalSince1970 * 1000).rounded(.down)))
    }

    package static func < (lhs: Timestamp, rhs: Timestamp) -> Bool { lhs.milliseconds < rhs.milliseconds }

    /// The moment `duration` later.
    package func advanced(by duration: Duration) -> Timestamp {
        let (seconds, attoseconds) = duration.components
        return Timestamp(milliseconds: milliseconds + seconds * 1000 + attoseconds / 1_000_000_000_000_000)
    }

    /// Such as `2026-01-02T03:04:05.678Z`.
    package var description: String { String(decoding: UTCTime(milliseconds: milliseconds).text, as: UTF8.self) }

    /// Reads RFC 3339 with any number of fraction digits, of which three count; `nil` for anything else.
    package init?(_ text: String) {
        guard let milliseconds = UTCTime.milliseconds(reading: text.utf8) else { return nil }
        self.milliseconds = milliseconds
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let value = Timestamp(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not an RFC 3339 time")
        }
        self = value
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
