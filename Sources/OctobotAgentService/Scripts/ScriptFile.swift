import CLinux
import Foundation

/// A regular file of `.octobot/hooks` or `.octobot/services`, read as far as its declarations go.
struct ScriptFile: Sendable {
    /// How many files of a folder are looked at.
    private static let most = 256
    /// How much of a file is read for its front matter.
    private static let head = 64 << 10
    private static let extensions: Set = ["sh", "bash", "zsh", "py", "js", "ts", "rb", "pl", "php"]

    var name: String
    var path: String
    var isExecutable: Bool
    var hasShebang: Bool
    var frontMatter: FrontMatter?
    /// Whether nothing but white space follows the front matter.
    var isBlank: Bool

    /// The files of a folder that are not hidden, in the order of their names; of two with the same id the first.
    static func all(in folder: String) -> [ScriptFile] {
        // A folder that is not there has no files.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        var seen: Set<String> = []
        return names.filter { !$0.hasPrefix(".") }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.prefix(most)
            .compactMap { ScriptFile(name: $0, in: folder) }
            .filter { !$0.id.isEmpty && seen.insert($0.id).inserted }
    }

    private init?(name: String, in folder: String) {
        self.name = name
        path = "\(folder)/\(name)"
        // What is no regular file must neither be followed nor waited for.
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { return nil }
        isExecutable = facts.st_mode & 0o111 != 0
        var bytes = [UInt8](repeating: 0, count: Self.head)
        let count = read(descriptor, &bytes, bytes.count)
        guard count >= 0 else { return nil }
        let text = String(decoding: bytes[..<count], as: UTF8.self)
        hasShebang = text.hasPrefix("#!")
        frontMatter = FrontMatter(text)
        isBlank = frontMatter?.body.allSatisfy(\.isWhitespace) == true && Int64(facts.st_size) <= Int64(Self.head)
    }

    /// What it is called in requests (agent-api.md §11.2); empty for a name of which nothing is left.
    var id: String { Self.id(of: name) }

    static func id(of name: String) -> String {
        var stem = name[...]
        if let dot = name.lastIndex(of: "."), extensions.contains(name[name.index(after: dot)...].lowercased()) {
            stem = name[..<dot]
        }
        let kept = stem.replacing(".", with: "-").lowercased().filter { isIDCharacter($0) }
        return String(kept.drop { $0 == "-" }.reversed().drop { $0 == "-" }.reversed())
    }

    /// Whether a text can be an id: ids become names of files.
    static func isID(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 255 && text.allSatisfy(isIDCharacter)
    }

    private static func isIDCharacter(_ character: Character) -> Bool {
        switch character {
        case "a"..."z", "0"..."9", "_", "-": character.isASCII
        default: false
        }
    }
}
