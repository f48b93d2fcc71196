/// Finds what somebody probably meant.
package struct NearestNames: Sendable {
    private let names: [String]

    package init(among names: [String]) { self.names = names }

    /// Up to three names that differ from `text` by a few letters, letter case aside; best first.
    package func nearest(to text: String) -> [String] {
        let wanted = Array(text.prefix(128).lowercased().utf8)
        let limit = max(2, wanted.count / 3)
        return names.map { (name: $0, distance: Self.distance(wanted, Array($0.lowercased().utf8))) }
            .filter { $0.distance <= limit && $0.distance < max(wanted.count, 1) }
            .sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }
            .prefix(3)
            .map(\.name)
    }

    /// The Levenshtein distance: insertions, removals and replacements, one each.
    package static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var previous = Array(0...b.count)
        for (i, left) in a.enumerated() {
            var row = [i + 1]
            row.reserveCapacity(b.count + 1)
            for (j, right) in b.enumerated() {
                row.append(min(previous[j + 1] + 1, row[j] + 1, previous[j] + (left == right ? 0 : 1)))
            }
            previous = row
        }
        return previous[b.count]
    }
}
