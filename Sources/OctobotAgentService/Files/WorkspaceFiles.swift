import ConfinedFiles
import Foundation
import SandboxAgentAPI

/// The files of the workspace, by paths that cannot leave it, in the shapes of the agent API (agent-api.md §7).
struct WorkspaceFiles: Sendable {
    typealias Refusal = ConfinedFolder.Refusal

    private let folder: ConfinedFolder

    init(root: String) {
        folder = ConfinedFolder(root: root)
    }

    /// The path with `.` and doubled slashes taken out; the root is `.`.
    static func normal(_ path: String) throws(Refusal) -> String { try ConfinedFolder.normal(path) }

    /// The entries of a folder, folders first, then by name.
    func list(_ path: String, hidden: Bool) throws(Refusal) -> FolderListing {
        let (path, entries) = try folder.list(path, hidden: hidden)
        return FolderListing(
            path: path,
            entries: entries.map { .init(name: $0.name, type: $0.isFolder ? .directory : .file, size: $0.size) }
        )
    }

    /// A file's content, as text when it is UTF-8 without NUL; the part from `offset` on when that is asked for.
    func read(_ path: String, offset: Int? = nil, length: Int? = nil) throws(Refusal) -> FileContent {
        let content = try folder.read(path, offset: offset, length: length, limit: AgentLimit.readableFile)
        if !content.bytes.contains(0), let text = String(validating: content.bytes, as: UTF8.self) {
            return FileContent(
                path: content.path,
                content: text,
                encoding: .utf8,
                size: content.size,
                version: content.version
            )
        }
        return FileContent(
            path: content.path,
            content: content.bytes.base64EncodedString(),
            encoding: .base64,
            size: content.size,
            version: content.version
        )
    }

    /// Replaces a file at once and whole, making the folders above it.
    ///
    /// - Parameters:
    ///   - version: What the writer had read; empty for a file that must not exist.
    ///   - original: The content the writer had read, to the same end.
    func write(
        _ path: String,
        _ bytes: Data,
        version: String? = nil,
        original: Data? = nil
    ) throws(Refusal) -> FileWritten {
        let written = try folder.write(path, bytes, version: version, original: original)
        return FileWritten(path: written.path, size: written.size, version: written.version)
    }

    /// Deletes a file, or a folder with all in it; links are deleted, not followed.
    func delete(_ path: String) throws(Refusal) -> FileDeleted {
        let (path, isFolder) = try folder.delete(path)
        return FileDeleted(path: path, type: isFolder ? .directory : .file)
    }

    /// Moves a file or folder, replacing a file in its way and making the folders above.
    func rename(_ old: String, _ new: String) throws(Refusal) -> RenameFile {
        let (old, new) = try folder.rename(old, new)
        return RenameFile(oldPath: old, newPath: new)
    }
}
