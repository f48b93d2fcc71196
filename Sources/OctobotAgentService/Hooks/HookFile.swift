import SandboxAgentAPI

/// A script of `.octobot/hooks` (agent-api.md §11.3).
struct HookFile: Sendable {
    var id: String
    var name: String
    var path: String
    var kind: HookStatus.Kind
    /// Session hooks: it asks for root, which no sandbox has.
    var wantsRoot: Bool
    /// Session hooks: the start of the sandbox waits for it.
    var isBlocking: Bool
    /// File hooks: which files it is for.
    var pattern: HookPattern?

    /// The hooks of a folder in the order of their files' names.
    static func all(in folder: String) -> [HookFile] {
        ScriptFile.all(in: folder).compactMap { HookFile($0) }
    }

    /// `nil` for a file that is no hook.
    private init?(_ file: ScriptFile) {
        guard file.isExecutable, file.hasShebang, let values = file.frontMatter,
            let kind = values["type"].flatMap({ HookStatus.Kind(rawValue: $0) })
        else { return nil }
        id = file.id
        name = values["name"] ?? (kind == .session ? file.name : file.id)
        path = file.path
        self.kind = kind
        wantsRoot = kind == .session && values["run_as"] == "root"
        isBlocking = kind == .session && values["blocking"] == "true"
        guard kind == .file else { return }
        guard let text = values["pattern"] else { return nil }
        pattern = HookPattern(text)
    }
}
