/// The pattern of an approval rule: a glob on the command, or on the files, that a permission is asked for.
///
/// `*` stands for any text; in the path of a file for any text without `/`, and a part `**` for any number of folders. `\`
/// takes the special meaning from the character behind it. All else means itself, letter case included; there is nothing
/// more. Matching is greedy and never backs up past the last `*`, so its time is at most the product of both lengths, which
/// are limited.
///
/// A command is one text to a glob and a program to a shell: `git *` fits `git log; rm -r src`. Therefore a rule that allows
/// covers a command with a character that may begin another command, a substitution or a redirection only when it has no
/// `*` at all, which is when it is that very command. A rule that denies covers a command also when it fits one of the
/// pieces between such characters. Quotes are not looked at, which errs on the side of asking and of denying.
package struct ApprovalPattern: Sendable, Equatable {
    /// The longest pattern, in bytes.
    package static let limit = 1000
    /// A longer command or path fits no pattern with a `*` that allows.
    private static let subjectLimit = 16_384

    private enum Token: Sendable, Equatable {
        case byte(UInt8)
        case star
    }

    private let tokens: [Token]

    /// - Returns: `nil` for an empty or too long text, one that ends with a lone `\`, and one with a NUL.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty, bytes.count <= Self.limit, !bytes.contains(0) else { return nil }
        var tokens: [Token] = []
        var isEscaped = false
        for byte in bytes {
            switch byte {
            case _ where isEscaped:
                tokens.append(.byte(byte))
                isEscaped = false
            case UInt8(ascii: "\\"): isEscaped = true
            case UInt8(ascii: "*"): tokens.append(.star)
            default: tokens.append(.byte(byte))
            }
        }
        guard !isEscaped else { return nil }
        self.tokens = tokens
    }

    /// The pattern that fits exactly this text.
    package static func exactly(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("*", with: "\\*")
    }

    /// Whether the pattern fits what is asked for; a subject without command and files fits none.
    package func matches(_ subject: ApprovalSubject, _ effect: ApprovalRule.Effect) -> Bool {
        if let command = subject.command { return fits(command: Array(command.utf8), effect) }
        guard let paths = subject.paths, !paths.isEmpty else { return false }
        switch effect {
        case .allow: return paths.allSatisfy { fits(path: $0, effect) }
        case .deny: return paths.contains { fits(path: $0, effect) }
        }
    }

    private var isLiteral: Bool { !tokens.contains(.star) }

    // MARK: Commands

    /// What may begin another command, a substitution, a redirection or a line in a shell.
    private static let shellBytes = Set(";&|<>(){}`$!\n\r".utf8)

    private func fits(command: [UInt8], _ effect: ApprovalRule.Effect) -> Bool {
        switch effect {
        case .allow:
            guard isLiteral || (command.count <= Self.subjectLimit && Self.shellBytes.isDisjoint(with: command)) else {
                return false
            }
            return Self.fits(tokens[...], command[...])
        case .deny:
            let pieces = command.split { Self.shellBytes.contains($0) }.map(Self.trimmed)
            return Self.fits(tokens[...], command[...]) || pieces.contains { Self.fits(tokens[...], $0) }
        }
    }

    private static func trimmed(_ piece: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        var piece = piece.drop(while: isBlank)
        while let last = piece.last, isBlank(last) { piece.removeLast() }
        return piece
    }

    // MARK: Paths

    private static let slash = UInt8(ascii: "/")
    private static let anyFolders: [Token] = [.star, .star]

    /// Part by part; a path that climbs is allowed by nothing.
    private func fits(path: String, _ effect: ApprovalRule.Effect) -> Bool {
        let parts = Array(path.utf8).split(separator: Self.slash, omittingEmptySubsequences: false)
        if effect == .allow {
            let climbs = parts.contains { $0.elementsEqual("..".utf8) || $0.elementsEqual(".".utf8) }
            guard !climbs, path.utf8.count <= Self.subjectLimit else { return false }
        }
        let patterns = tokens.split(separator: .byte(Self.slash), omittingEmptySubsequences: false)
        return Self.fits(patterns, parts[...])
    }

    private static func fits(_ patterns: [ArraySlice<Token>], _ parts: ArraySlice<ArraySlice<UInt8>>) -> Bool {
        var (pattern, part) = (0, parts.startIndex)
        var resume: (pattern: Int, part: Int)?
        while part < parts.endIndex {
            if pattern < patterns.count, patterns[pattern].elementsEqual(anyFolders) {
                pattern += 1
                resume = (pattern, part)
            } else if pattern < patterns.count, fits(patterns[pattern], parts[part]) {
                pattern += 1
                part += 1
            } else if let last = resume {
                part = last.part + 1
                pattern = last.pattern
                resume = (pattern, part)
            } else {
                return false
            }
        }
        return patterns[pattern...].allSatisfy { $0.elementsEqual(anyFolders) }
    }

    // MARK: Bytes

    private static func fits(_ tokens: ArraySlice<Token>, _ text: ArraySlice<UInt8>) -> Bool {
        var (token, byte) = (tokens.startIndex, text.startIndex)
        var resume: (token: Int, byte: Int)?
        while byte < text.endIndex {
            if token < tokens.endIndex, tokens[token] == .star {
                token += 1
                resume = (token, byte)
            } else if token < tokens.endIndex, tokens[token] == .byte(text[byte]) {
                token += 1
                byte += 1
            } else if let last = resume {
                byte = last.byte + 1
                token = last.token
                resume = (token, byte)
            } else {
                return false
            }
        }
        return tokens[token...].allSatisfy { $0 == .star }
    }
}
