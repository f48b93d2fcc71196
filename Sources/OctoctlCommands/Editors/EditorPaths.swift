import Foundation

/// The workspace as the sandbox and as the editor see it (acp.md §18.4).
struct EditorPaths: Sendable, Equatable {
    /// Where every sandbox has its clone (design.md §6).
    static let sandboxRoot = "/home/octobot/workspace"

    /// The same folder on the editor's side, absolute.
    var editorRoot: String

    /// Where a file of the sandbox is for the editor; `nil` when it is outside of the workspace.
    ///
    /// - Parameter path: Absolute, or from the workspace.
    func toEditor(_ path: String) -> String? { Self.moved(path, from: Self.sandboxRoot, to: editorRoot) }

    /// Where a file of the editor is in the sandbox; `nil` when it is outside of the workspace.
    func toSandbox(_ path: String) -> String? { Self.moved(path, from: editorRoot, to: Self.sandboxRoot) }

    /// A file of the editor as people write it: from the workspace.
    func relative(_ path: String) -> String? {
        toSandbox(path).map { $0 == Self.sandboxRoot ? "." : String($0.dropFirst(Self.sandboxRoot.count + 1)) }
    }

    /// The path of a `file:` URI, without its fragment; `nil` for other schemes.
    static func path(ofURI uri: String) -> String? {
        guard let url = URL(string: uri), url.isFileURL else { return nil }
        let path = url.path(percentEncoded: false)
        return path.hasPrefix("/") ? path : nil
    }

    private static func moved(_ path: String, from old: String, to new: String) -> String? {
        let base = old.split(separator: "/")
        var parts: [Substring] = path.hasPrefix("/") ? [] : base
        for part in path.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        guard parts.starts(with: base) else { return nil }
        let target = new.split(separator: "/") + parts.dropFirst(base.count)
        return "/" + target.joined(separator: "/")
    }
}
