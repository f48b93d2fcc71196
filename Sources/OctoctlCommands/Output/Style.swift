/// How a line looks on a terminal that shows colours.
enum Style: Sendable, Equatable {
    case plain, dim, bold, red, green, yellow, cyan

    /// The text between the escape sequences of the style (ECMA-48 §8.3.117).
    func applied(to text: String) -> String {
        let code: String
        switch self {
        case .plain: return text
        case .dim: code = "2"
        case .bold: code = "1"
        case .red: code = "31"
        case .green: code = "32"
        case .yellow: code = "33"
        case .cyan: code = "36"
        }
        return "\u{1B}[\(code)m\(text)\u{1B}[0m"
    }
}
