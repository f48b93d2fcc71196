import SandboxAgentAPI

/// Takes secrets out of text that people will see.
struct SecretMask: Sendable {
    private var secrets: [String] = []

    /// Knows no secrets.
    init() {}

    init(_ credentials: [AgentCredential], _ settings: AgentSettings) {
        let whole = (credentials.map(\.value) + settings.secrets).filter { $0.utf8.count >= 4 }
        // Logs are lines, so that a key of several is seen line by line.
        let lines = whole.flatMap { $0.split(separator: "\n").map(String.init) }.filter { $0.utf8.count >= 8 }
        // Longest first, so that a secret that contains another one goes as a whole.
        secrets = Set(whole + lines).sorted { ($0.utf8.count, $0) > ($1.utf8.count, $1) }
    }

    func apply(to text: String) -> String {
        secrets.reduce(text) { $0.replacing($1, with: "***") }
    }

    /// How many bytes of a line have to be there for its first `limit` to be shown.
    func room(for limit: Int) -> Int { limit + (secrets.first?.utf8.count ?? 0) }

    /// The beginning of a line, masked before it is cut: a cut may leave the half of a secret, which no mask knows.
    ///
    /// - Parameter limit: In bytes.
    func line(_ bytes: some Collection<UInt8>, limit: Int) -> String {
        let room = room(for: limit)
        guard bytes.count > room else { return Self.prefix(apply(to: String(decoding: bytes, as: UTF8.self)), limit) }
        var text = apply(to: String(decoding: bytes.prefix(room), as: UTF8.self))
        // What may be the half of one.
        text = Self.prefix(text, max(0, text.utf8.count - (room - limit)))
        return Self.prefix(text, limit)
    }

    /// The first `limit` bytes, without half a character.
    private static func prefix(_ text: String, _ limit: Int) -> String {
        guard text.utf8.count > limit else { return text }
        var end = text.utf8.index(text.startIndex, offsetBy: limit)
        while end > text.startIndex, end.samePosition(in: text.unicodeScalars) == nil {
            end = text.utf8.index(before: end)
        }
        return String(text[..<end])
    }
}
