/// Text from elsewhere, made fit for a terminal.
enum TerminalText {
    /// The text without anything a terminal would obey: control characters become visible, direction marks go.
    ///
    /// Tabs and line feeds stay; carriage returns go, because they can hide what stands before them.
    static func sanitized(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { replacement(for: $0) != nil }) else { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if let replacement = replacement(for: scalar) {
                result.append(contentsOf: replacement.unicodeScalars)
            } else {
                result.append(scalar)
            }
        }
        return String(result)
    }

    /// The same on one line.
    static func line(_ text: String) -> String {
        let words = sanitized(text).split(whereSeparator: { $0.isNewline || $0 == "\t" })
        return words.joined(separator: " ")
    }

    private static func replacement(for scalar: Unicode.Scalar) -> String? {
        switch scalar.value {
        case 0x09, 0x0A: nil
        case 0x0D: ""
        case 0...0x1F: Unicode.Scalar(0x2400 + scalar.value).map { String($0) } ?? "\u{FFFD}"
        case 0x7F: "\u{2421}"
        case 0x80...0x9F: "\u{FFFD}"
        // Marks that reorder what follows (Unicode TR 36 §3.3.1), and line separators of other kinds.
        case 0x200E, 0x200F, 0x061C, 0x202A...0x202E, 0x2066...0x2069: ""
        case 0x2028, 0x2029: "\n"
        default: nil
        }
    }

    /// How many columns the text takes.
    static func width(_ text: String) -> Int {
        text.unicodeScalars.reduce(0) { $0 + width(of: $1) }
    }

    private static func width(of scalar: Unicode.Scalar) -> Int {
        if scalar.value < 0x300 { return 1 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: break
        }
        // East Asian wide and emoji, in blocks (Unicode TR 11).
        return switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
            0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE4F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F,
            0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            2
        default: 1
        }
    }

    /// The beginning of a line that fits into `columns`, with `…` where it was cut.
    static func cut(_ text: String, to columns: Int) -> String {
        guard columns > 0, width(text) > columns else { return text }
        var result = ""
        var used = 0
        for character in text {
            let next = width(String(character))
            if used + next > columns - 1 { break }
            used += next
            result.append(character)
        }
        return result + "…"
    }
}
