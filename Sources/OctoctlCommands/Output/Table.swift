/// Something a list shows as a row.
protocol Tabular {
    static var columns: [String] { get }
    var cells: [String] { get }
}

/// Something shown alone, field by field.
protocol Describable {
    var fields: [Field] { get }
}

/// One line of what is shown alone.
struct Field: Sendable, Equatable {
    var name: String
    var value: String

    /// `nil` for what has no value, which is then not shown.
    init?(_ name: String, _ value: String?) {
        guard let value, !value.isEmpty else { return nil }
        self.name = name
        self.value = value
    }
}

/// Rows below their headings, aligned.
///
/// What stands in a cell comes from anywhere; it is made harmless here.
struct Table {
    private let rows: [[String]]
    private let widths: [Int]

    init(_ columns: [String], _ rows: [[String]]) {
        let all = [columns] + rows.map { row in row.map { $0.isEmpty ? "-" : TerminalText.line($0) } }
        self.rows = all
        widths = columns.indices.map { column in all.map { TerminalText.width($0[column]) }.max() ?? 0 }
    }

    /// - Parameter width: Where lines are cut; nowhere when `nil`.
    func lines(width: Int?) -> [String] {
        rows.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                line += cell
                guard column + 1 < row.count else { continue }
                line += String(repeating: " ", count: widths[column] - TerminalText.width(cell) + 2)
            }
            return width.map { TerminalText.cut(line, to: $0) } ?? line
        }
    }
}

/// Names and values, aligned.
struct FieldList {
    private let fields: [Field]

    init(_ fields: [Field]) { self.fields = fields }

    var lines: [String] {
        let width = fields.map { TerminalText.width($0.name) }.max() ?? 0
        return fields.flatMap { field -> [String] in
            let values = TerminalText.sanitized(field.value).split(separator: "\n", omittingEmptySubsequences: false)
            return values.enumerated().map { index, value in
                let name = index == 0 ? field.name : ""
                return name + String(repeating: " ", count: width - TerminalText.width(name) + 2) + value
            }
        }
    }
}
