import CLinux
import Foundation
import SandboxAgentAPI

/// The files of the workspace, by paths that cannot leave it (agent-api.md §7).
///
/// Every path is opened with openat2(2) and `RESOLVE_BENEATH`, so links, `..` and renames that race cannot lead out.
struct WorkspaceFiles: Sendable {
    /// Why a file cannot be had.
    enum Refusal: Error, Equatable {
        case invalid(String)
        case notFound(String)
        case denied
        case tooLarge
        /// The file is not the one the writer had read.
        case changed
        case diskFull
    }

    let root: String

    init(root: String) {
        self.root = root
    }

    /// The entries of a folder, folders first, then by name.
    func list(_ path: String, hidden: Bool) throws(Refusal) -> FolderListing {
        let path = try Self.normal(path)
        let folder = try open(path, O_RDONLY | O_DIRECTORY, missing: "Directory not found")
        guard let stream = fdopendir(folder) else {
            close(folder)
            throw .denied
        }
        defer { closedir(stream) }
        var entries: [FolderListing.Entry] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard name != ".", name != "..", hidden || !name.hasPrefix(".") else { continue }
            var info = stat()
            let isKnown = fstatat(folder, name, &info, 0) == 0 || fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) == 0
            let isFolder = isKnown && info.st_mode & S_IFMT == S_IFDIR
            entries.append(
                .init(
                    name: name,
                    type: isFolder ? .directory : .file,
                    size: isKnown && !isFolder ? Int(info.st_size) : nil
                )
            )
        }
        entries.sort { ($0.type == .directory ? 0 : 1, $0.name) < ($1.type == .directory ? 0 : 1, $1.name) }
        return FolderListing(path: path, entries: entries)
    }

    /// Deletes a file, or a folder with all in it; links are deleted, not followed.
    func delete(_ path: String) throws(Refusal) -> FileDeleted {
        let path = try Self.normal(path)
        guard path != "." else { throw .invalid("Cannot delete workspace root") }
        let (parent, name) = try openParent(of: path, missing: "File not found")
        defer { close(parent) }
        var info = stat()
        guard fstatat(parent, name, &info, AT_SYMLINK_NOFOLLOW) == 0 else { throw .notFound("File not found") }
        let isFolder = info.st_mode & S_IFMT == S_IFDIR
        try Self.remove(name, in: parent, isFolder: isFolder)
        return FileDeleted(path: path, type: isFolder ? .directory : .file)
    }

    /// Moves a file or folder, replacing a file in its way and making the folders above.
    func rename(_ old: String, _ new: String) throws(Refusal) -> RenameFile {
        let source: String
        let target: String
        do throws(Refusal) { source = try Self.normal(old) } catch { throw .invalid("Invalid source path") }
        do throws(Refusal) { target = try Self.normal(new) } catch { throw .invalid("Invalid destination path") }
        guard source != "." else { throw .invalid("Invalid source path") }
        guard target != "." else { throw .invalid("Invalid destination path") }
        let (from, oldName) = try openParent(of: source, missing: "File not found")
        defer { close(from) }
        try makeParents(of: target)
        let (into, newName) = try openParent(of: target, missing: "Directory not found")
        defer { close(into) }
        guard renameat(from, oldName, into, newName) == 0 else {
            throw Self.refusal(errno, missing: "File not found")
        }
        return RenameFile(oldPath: source, newPath: target)
    }

    // MARK: - Resolving

    /// The path with `.` and doubled slashes taken out; the root is `.`.
    static func normal(_ path: String) throws(Refusal) -> String {
        guard !path.hasPrefix("/"), !path.hasPrefix("\\"), !path.contains("\0") else { throw .invalid("Invalid path") }
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            guard part != ".." else {
                guard parts.popLast() != nil else { throw .invalid("Invalid path") }
                continue
            }
            parts.append(part)
        }
        return parts.isEmpty ? "." : parts.joined(separator: "/")
    }

    func open(_ path: String, _ flags: CInt, mode: UInt64 = 0, missing: String) throws(Refusal) -> CInt {
        let directory = try openRoot()
        defer { close(directory) }
        return try Self.open(path, in: directory, flags, mode: mode, missing: missing)
    }

    private func openRoot() throws(Refusal) -> CInt {
        let directory = Foundation.open(root, O_PATH | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw .notFound("Directory not found") }
        return directory
    }

    private static func open(
        _ path: String,
        in directory: CInt,
        _ flags: CInt,
        mode: UInt64,
        missing: String
    ) throws(Refusal) -> CInt {
        while true {
            let resolve = UInt64(RESOLVE_BENEATH) | UInt64(RESOLVE_NO_MAGICLINKS)
            let result = clinux_openat2(directory, path, UInt64(flags | O_CLOEXEC), mode, resolve)
            if result >= 0 { return result }
            // EAGAIN: a rename raced with the walk.
            guard result == -EINTR || result == -EAGAIN else { throw refusal(-result, missing: missing) }
        }
    }

    static func refusal(_ code: CInt, missing: String) -> Refusal {
        switch code {
        case ENOENT: .notFound(missing)
        case ENOTDIR: .invalid("Not a directory")
        case EISDIR: .invalid("Is a directory")
        case EXDEV, ELOOP, EINVAL, ENAMETOOLONG: .invalid("Invalid path")
        case ENOSPC, EDQUOT: .diskFull
        default: .denied
        }
    }

    private static func split(_ path: String) -> (parent: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path) }
        return (String(path[..<slash]), String(path[path.index(after: slash)...]))
    }

    func openParent(of path: String, missing: String) throws(Refusal) -> (CInt, String) {
        let (parent, name) = Self.split(path)
        return (try open(parent, O_RDONLY | O_DIRECTORY, missing: missing), name)
    }

    func makeParents(of path: String) throws(Refusal) {
        let parent = Self.split(path).parent
        guard parent != "." else { return }
        var current = try openRoot()
        defer { close(current) }
        var walked = "."
        for part in parent.split(separator: "/") {
            guard mkdirat(current, String(part), 0o777) == 0 || errno == EEXIST else {
                throw Self.refusal(errno, missing: "Directory not found")
            }
            walked += "/\(part)"
            let next = try open(walked, O_RDONLY | O_DIRECTORY, missing: "Directory not found")
            close(current)
            current = next
        }
    }

    private static func remove(_ name: String, in parent: CInt, isFolder: Bool) throws(Refusal) {
        if isFolder {
            let folder = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard folder >= 0, let stream = fdopendir(folder) else { throw .denied }
            defer { closedir(stream) }
            while let entry = readdir(stream) {
                let child = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                    pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                guard child != ".", child != ".." else { continue }
                var info = stat()
                guard fstatat(folder, child, &info, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
                try remove(child, in: folder, isFolder: info.st_mode & S_IFMT == S_IFDIR)
            }
        }
        guard unlinkat(parent, name, isFolder ? AT_REMOVEDIR : 0) == 0 else {
            throw refusal(errno, missing: "File not found")
        }
    }
}
