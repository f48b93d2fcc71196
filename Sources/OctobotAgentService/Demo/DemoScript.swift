/// What the demo agent reads in a prompt: text to echo and commands to carry out, in order.
enum DemoStep: Sendable, Equatable {
    case echo(String)
    case run(command: String)
    case write(path: String, text: String)
    case edit(path: String, old: String, new: String)
    case plan
    case ask(question: String, choices: [String])
    case permission(command: String)
    case slow(count: Int, milliseconds: Int?)
    case big(count: Int)
    case fail
    case crash
    case help
    /// A command that is not understood; the text says why.
    case misunderstood(String)

    /// The steps of a prompt: each line that starts with `/` is a command, the lines between are echoed together.
    static func parse(_ prompt: String) -> [DemoStep] {
        var steps: [DemoStep] = []
        var text: [Substring] = []
        func flush() {
            let joined = text.joined(separator: "\n")
            if joined.contains(where: { !$0.isWhitespace }) { steps.append(.echo(joined)) }
            text.removeAll()
        }
        for line in prompt.split(separator: "\n", omittingEmptySubsequences: false) {
            guard line.hasPrefix("/") else {
                text.append(line)
                continue
            }
            flush()
            steps.append(command(line))
        }
        flush()
        return steps.isEmpty ? [.help] : steps
    }

    private static func command(_ line: Substring) -> DemoStep {
        let parts = line.split(separator: " ", maxSplits: 1)
        let rest = parts.count > 1 ? String(parts[1]) : ""
        let words = Self.words(rest)
        switch parts.first {
        case "/run" where !rest.isEmpty: return .run(command: rest)
        case "/permission" where !rest.isEmpty: return .permission(command: rest)
        case "/write" where words.count >= 1:
            let text = rest.drop { $0 == " " }.dropFirst(Self.rawLength(of: rest)).drop { $0 == " " }
            return .write(path: words[0], text: Self.unescape(String(text)))
        case "/edit" where words.count == 3: return .edit(path: words[0], old: words[1], new: words[2])
        case "/plan": return .plan
        case "/ask": return ask(rest)
        case "/slow":
            guard let count = words.first.flatMap({ Int($0) }) ?? (words.isEmpty ? 10 : nil), count >= 0 else { break }
            return .slow(count: count, milliseconds: words.count > 1 ? Int(words[1]) : nil)
        case "/big":
            guard let count = words.first.flatMap({ Int($0) }) ?? (words.isEmpty ? 1_000 : nil), count >= 0 else {
                break
            }
            return .big(count: count)
        case "/fail": return .fail
        case "/crash": return .crash
        case "/help": return .help
        default: break
        }
        return .misunderstood(String(line))
    }

    /// `/ask QUESTION | CHOICE | CHOICE`; both parts have a default.
    private static func ask(_ rest: String) -> DemoStep {
        let parts = rest.split(separator: "|").map { String($0.trimming { $0 == " " }) }.filter { !$0.isEmpty }
        let choices = Array(parts.dropFirst())
        return .ask(
            question: parts.first ?? "Which colour should it be?",
            choices: choices.isEmpty && parts.isEmpty ? ["Red", "Green", "Blue"] : choices
        )
    }

    /// Words separated by spaces; `'…'` and `"…"` keep spaces, `\n`, `\t` and `\\` are read in double quotes.
    static func words(_ text: String) -> [String] {
        var words: [String] = []
        var current = ""
        var quote: Character?
        var isOpen = false
        var rest = Substring(text)
        while let character = rest.popFirst() {
            switch (character, quote) {
            case (let mark, let open?) where mark == open: quote = nil
            case ("\\", "\"") where !rest.isEmpty:
                let next = rest.removeFirst()
                current.append(next == "n" ? "\n" : next == "t" ? "\t" : next)
            case ("'", nil), ("\"", nil):
                quote = character
                isOpen = true
            case (" ", nil):
                if isOpen || !current.isEmpty { words.append(current) }
                current = ""
                isOpen = false
            default: current.append(character)
            }
        }
        if isOpen || !current.isEmpty { words.append(current) }
        return words
    }

    /// How many characters the first word takes, quotes included.
    private static func rawLength(of text: String) -> Int {
        let body = text.drop { $0 == " " }
        guard let first = body.first, first == "'" || first == "\"" else {
            return body.prefix { $0 != " " }.count
        }
        return body.dropFirst().prefix { $0 != first }.count + 2
    }

    private static func unescape(_ text: String) -> String {
        text.replacing("\\n", with: "\n")
    }

    static let helpText = """
        I am a deterministic demo agent without a language model. I understand, one command a line:

        - plain text: I repeat it
        - `/run COMMAND`: runs a shell command
        - `/write PATH TEXT`: writes a file (`\\n` starts a new line)
        - `/edit PATH OLD NEW`: replaces text in a file (quote what has spaces)
        - `/plan`: shows a plan
        - `/ask QUESTION | CHOICE | CHOICE`: asks you
        - `/permission COMMAND`: asks before it runs a command
        - `/slow N`: says N things, one a second
        - `/big N`: says N things at once
        - `/fail`: ends the turn with an error
        - `/crash`: ends my process
        - `/help`: this text

        """
}

extension StringProtocol {
    fileprivate func trimming(_ isOut: (Character) -> Bool) -> SubSequence {
        var rest = self[...]
        while let last = rest.last, isOut(last) { rest.removeLast() }
        return rest.drop(while: isOut)
    }
}
