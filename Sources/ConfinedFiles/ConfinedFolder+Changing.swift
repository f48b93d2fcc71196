import CLinux
import Foundation
import Synchronization

extension ConfinedFolder {
    /// Deletes a file, or a folder with all in it; links are deleted, not followed.
    ///
    /// - Returns: Its path, relative to the folder, and whether it was a folder.
    package func delete(_ path: String) throws(Refusal) -> (path: String, isFolder: Bool) {
        let path = try normal(path)
        guard path != "." else { throw .invalid("Cannot delete workspace root") }
        return try changing.withLock { (_) throws(Refusal) -> (path: String, isFolder: Bool) in
            let (parent, name) = try openParent(of: path, missing: "File not found")
            defer { close(parent) }
            var info = stat()
            guard fstatat(parent, name, &info, AT_SYMLINK_NOFOLLOW) == 0 else {
                throw Self.refusal(errno, missing: "File not found")
            }
            let isFolder = info.st_mode & S_IFMT == S_IFDIR
            if isFolder { try Self.empty(name, in: parent) }
            guard unlinkat(parent, name, isFolder ? AT_REMOVEDIR : 0) == 0 else {
                throw Self.refusal(errno, missing: "File not found")
            }
            return (path, isFolder)
        }
    }

    /// Moves a file or folder, replacing a file in its way and making the folders above.
    ///
    /// - Returns: Both paths, relative to the folder.
    package func rename(_ old: String, _ new: String) throws(Refusal) -> (old: String, new: String) {
        let source: String
        let target: String
        do throws(Refusal) { source = try normal(old) } catch { throw .invalid("Invalid source path") }
        do throws(Refusal) { target = try normal(new) } catch { throw .invalid("Invalid destination path") }
        guard source != "." else { throw .invalid("Invalid source path") }
        guard target != ".", !target.utf8.starts(with: (source + "/").utf8) else {
            throw .invalid("Invalid destination path")
        }
        return try changing.withLock { (_) throws(Refusal) -> (old: String, new: String) in
            let (from, oldName) = try openParent(of: source, missing: "File not found")
            defer { close(from) }
            var info = stat()
            guard fstatat(from, oldName, &info, AT_SYMLINK_NOFOLLOW) == 0 else {
                throw Self.refusal(errno, missing: "File not found")
            }
            let made = try makeParents(of: target)
            do throws(Refusal) {
                let (into, newName) = try openParent(of: target, missing: "Directory not found")
                defer { close(into) }
                guard renameat(from, oldName, into, newName) == 0 else {
                    throw Self.refusal(errno, missing: "File not found")
                }
            } catch {
                takeBack(made)
                throw error
            }
            return (source, target)
        }
    }

    // MARK: - Emptying

    /// How deep folders are walked; deeper ones are first moved up, so that no nesting uses up descriptors or stack.
    private static let deepest = 64

    /// Deletes all that is in a folder.
    private static func empty(_ name: String, in parent: CInt) throws(Refusal) {
        let top = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard top >= 0 else { throw refusal(errno, missing: "File not found") }
        defer { close(top) }
        // Every round but the last has moved something up; whoever nests faster than we delete is not waited for.
        for _ in 0..<1 << 16 {
            guard try empty(top, top: top, depth: 0) else { return }
        }
        throw .denied
    }

    /// - Returns: Whether folders that lay too deep were moved up, to `top`.
    private static func empty(_ folder: CInt, top: CInt, depth: Int) throws(Refusal) -> Bool {
        let copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0, let stream = fdopendir(copy) else {
            if copy >= 0 { close(copy) }
            throw .denied
        }
        defer { closedir(stream) }
        var hasMoved = false
        while let name = next(of: stream) {
            if unlinkat(folder, name, 0) == 0 || errno == ENOENT { continue }
            guard errno == EISDIR else { throw refusal(errno, missing: "File not found") }
            if depth >= deepest {
                guard renameat(folder, name, top, ".octobot-\(UUID().uuidString)") == 0 else { throw .denied }
                hasMoved = true
                continue
            }
            let child = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard child >= 0 else { throw refusal(errno, missing: "File not found") }
            defer { close(child) }
            if try empty(child, top: top, depth: depth + 1) { hasMoved = true }
            guard unlinkat(folder, name, AT_REMOVEDIR) == 0 || errno == ENOENT else {
                throw refusal(errno, missing: "File not found")
            }
        }
        return hasMoved
    }
}
