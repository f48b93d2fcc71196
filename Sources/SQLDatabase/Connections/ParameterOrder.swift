import Synchronization

/// The rule that `$1`, `$2` … first appear in ascending order.
///
/// PostgreSQL numbers `$n` by n, SQLite by first appearance. Statements that keep to the rule mean the same to both,
/// and arguments bind by position.
enum ParameterOrder {
    /// Statements found good; they are literals of ours, so there are few.
    private static let checked = Mutex<Set<String>>([])

    /// - Throws: kind ``SQLDatabaseError/Kind/other`` naming the first parameter out of order.
    static func check(_ sql: String) throws(SQLDatabaseError) {
        if checked.withLock({ $0.contains(sql) }) { return }
        var highest = 0
        for number in numbers(in: sql) {
            guard number >= 1, number <= highest + 1 else {
                throw SQLDatabaseError(.other, "Parameter $\(number) appears before $\(highest + 1): \(sql)")
            }
            highest = max(highest, number)
        }
        _ = checked.withLock { $0.insert(sql) }
    }

    /// The numbers behind `$`, in order, outside string literals and quoted names.
    static func numbers(in sql: String) -> [Int] {
        var numbers: [Int] = []
        var quote: UInt8?
        var bytes = sql.utf8[...]
        while let byte = bytes.popFirst() {
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
                quote = byte
            } else if byte == UInt8(ascii: "$") {
                let digits = bytes.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
                bytes = bytes.dropFirst(digits.count)
                numbers.append(Int(String(decoding: digits, as: UTF8.self)) ?? 0)
            }
        }
        return numbers
    }
}
