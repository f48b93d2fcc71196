import JSONText

/// One thing `octoctl doctor` looked at.
struct Finding: Sendable, Equatable {
    enum Verdict: String, Sendable {
        case fine
        /// Works without it, or with less.
        case notice
        /// The main job does not work.
        case problem
    }

    var name: String
    var verdict: Verdict
    /// What was found.
    var detail: String
    /// What to do about it.
    var remedy: String?

    static func fine(_ name: String, _ detail: String) -> Finding {
        Finding(name: name, verdict: .fine, detail: detail)
    }

    static func notice(_ name: String, _ detail: String, remedy: String? = nil) -> Finding {
        Finding(name: name, verdict: .notice, detail: detail, remedy: remedy)
    }

    static func problem(_ name: String, _ detail: String, remedy: String? = nil) -> Finding {
        Finding(name: name, verdict: .problem, detail: detail, remedy: remedy)
    }

    /// As lines of a report whose names take `width` columns.
    func lines(width: Int) -> [(text: String, style: Style)] {
        let (sign, style): (String, Style) =
            switch verdict {
            case .fine: ("✓", .plain)
            case .notice: ("!", .yellow)
            case .problem: ("✗", .red)
            }
        let padding = String(repeating: " ", count: max(0, width - TerminalText.width(name)))
        var lines = [("\(sign) \(name)\(padding)  \(TerminalText.line(detail))", style)]
        if let remedy {
            let indent = String(repeating: " ", count: width + 4)
            lines.append(("\(indent)→ \(TerminalText.line(remedy))", .plain))
        }
        return lines
    }

    var json: JSONValue {
        var members: [String: JSONValue] = [
            "name": .string(name), "verdict": .string(verdict.rawValue), "detail": .string(detail),
        ]
        members["remedy"] = remedy.map { .string($0) }
        return .object(members)
    }
}
