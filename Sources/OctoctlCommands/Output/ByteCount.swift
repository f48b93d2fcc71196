import Foundation

/// Sizes as people read them.
enum ByteCount {
    private static let units = ["B", "KiB", "MiB", "GiB", "TiB"]

    /// Such as `412 B`, `1.5 MiB` or `64 GiB`: at most one digit after the point, none where it says nothing.
    static func text(_ bytes: Int64) -> String {
        var value = Double(bytes)
        var unit = 0
        // Below what would be rounded up to the next unit.
        while value >= 1023.95, unit + 1 < units.count {
            value /= 1024
            unit += 1
        }
        let tenths = (value * 10).rounded()
        let digits = tenths.truncatingRemainder(dividingBy: 10) == 0 ? 0 : 1
        return String(format: "%.\(digits)f", tenths / 10) + " " + units[unit]
    }
}
