import AgentClientProtocol
import JSONText

/// What a call is about, read from the inputs agents in the field give (acp.md §9.4, §19).
extension ToolCallRecord {
    /// Beyond this a rule has nothing to compare with; a person reads the question.
    private static let limit = 256 << 10

    /// The command line and the files of the call, as far as they can be told; `nil` when nothing names the call.
    ///
    /// - Parameter directory: The workspace, to which files beneath it are relative.
    func subject(in directory: String) -> (tool: String, command: String?, paths: [String]?)? {
        let isCommand = kind == "execute" || (!Self.fileKinds.contains(kind ?? "") && input["command"]?.present != nil)
        let command = isCommand ? commandLine ?? (kind == "execute" ? title : nil) : nil
        let paths = command == nil ? self.paths(in: directory) : []
        guard toolName != "Tool" || command != nil || !paths.isEmpty else { return nil }
        let size = (command?.utf8.count ?? 0) + paths.reduce(0) { $0 + $1.utf8.count }
        guard size <= Self.limit else { return nil }
        return (toolName, command, paths.isEmpty ? nil : paths)
    }

    /// Kinds whose `command` is no command line: editing tools name what they do with it.
    private static let fileKinds: Set<String> = ["read", "edit", "delete", "move", "search"]

    private var commandLine: String? {
        guard let command = input["command"]?.present ?? input["cmd"]?.present else { return nil }
        if let text = command.stringValue { return text }
        let words = command.arrayValue?.compactMap(\.stringValue) ?? []
        guard !words.isEmpty, words.count == command.arrayValue?.count else { return nil }
        // `bash -lc SCRIPT`: the script is what is run.
        let shells: Set<String> = ["sh", "bash", "zsh", "dash"]
        let program = words[0].split(separator: "/").last.map(String.init) ?? words[0]
        if words.count == 3, shells.contains(program), ["-c", "-lc"].contains(words[1]) { return words[2] }
        return words.joined(separator: " ")
    }

    private func paths(in directory: String) -> [String] {
        let members = ["file_path", "filePath", "path", "abs_path", "notebook_path", "old_path", "new_path", "url"]
        var found = members.compactMap { input[$0]?.stringValue }
        found += locations.compactMap { $0["path"]?.stringValue }
        found += content.filter { $0["type"]?.stringValue == "diff" }.compactMap { $0["path"]?.stringValue }
        var seen: Set<String> = []
        return found.map { Self.relative($0, to: directory) }.filter { !$0.isEmpty && seen.insert($0).inserted }
    }

    private static func relative(_ path: String, to directory: String) -> String {
        let root = directory.hasSuffix("/") ? directory : directory + "/"
        if path.hasPrefix(root) { return String(path.dropFirst(root.count)) }
        return path.hasPrefix("./") ? String(path.dropFirst(2)) : path
    }
}
