import CLinux
import Foundation
import Synchronization

/// The files of one folder, by paths that cannot leave it.
///
/// Every path is opened with openat2(2) and `RESOLVE_BENEATH`, so links, `..` and renames that race cannot lead out; magic
/// links are never followed. What was resolved is held by its descriptor: nothing is looked up a second time by name.
/// Calls block.
package final class ConfinedFolder: Sendable {
    /// Why a file cannot be had.
    package enum Refusal: Error, Equatable {
        case invalid(String)
        case notFound(String)
        case denied
        case tooLarge
        /// The file is not the one the writer had read.
        case changed
        case diskFull
    }

    /// What holds in a folder beside that nothing leaves it.
    package struct Rules: Sendable {
        /// Whether `..` may take back a part of the path; otherwise it is refused.
        var allowsParents: Bool
        /// Whether folders may be reached through links, and a link be written through.
        var writesThroughLinks: Bool
        /// Names no part of a path may have, in lower case; they count in any.
        var reservedNames: Set<String>
        /// Folders in which nothing is touched whatever it is called; absolute, links resolved.
        var closedFolders: [String]
        /// What new files and folders are made with; the process's own habit when absent.
        var modes: (file: mode_t, folder: mode_t)?

        /// A folder somebody works in: all of it counts, links inside are followed.
        package static let workspace = Rules(
            allowsParents: true,
            writesThroughLinks: true,
            reservedNames: [],
            closedFolders: []
        )

        /// The work tree of a repository, whose `.git` is not reached by any way; nothing is written through links.
        ///
        /// - Parameter repositories: Where the repository keeps its state, absolute, links resolved.
        package static func workTree(repositories: [String]) -> Rules {
            Rules(
                allowsParents: false,
                writesThroughLinks: false,
                reservedNames: [".git"],
                closedFolders: repositories,
                modes: (0o644, 0o755)
            )
        }

        var isRestricted: Bool { !reservedNames.isEmpty || !closedFolders.isEmpty }
    }

    /// Absolute.
    package let root: String
    let rules: Rules
    /// Held while something is changed, so that of two writers who had read the same one finds it changed.
    let changing = Mutex<Void>(())

    /// - Parameter root: absolute; need not exist yet.
    package init(root: String, rules: Rules = .workspace) {
        self.root = root
        self.rules = rules
    }

    // MARK: - Opening

    /// Opens what `path`, a normal one, leads to.
    func open(_ path: String, _ flags: CInt, followsLinks: Bool = true, missing: String) throws(Refusal) -> CInt {
        let directory = Foundation.open(root, O_PATH | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw .notFound("Directory not found") }
        defer { close(directory) }
        return try Self.open(path, in: directory, flags, followsLinks: followsLinks, missing: missing)
    }

    static func open(
        _ path: String,
        in directory: CInt,
        _ flags: CInt,
        followsLinks: Bool,
        missing: String
    ) throws(Refusal) -> CInt {
        var resolve = UInt64(RESOLVE_BENEATH) | UInt64(RESOLVE_NO_MAGICLINKS)
        if !followsLinks { resolve |= UInt64(RESOLVE_NO_SYMLINKS) }
        // EAGAIN: a rename raced with the walk. Whoever renames all the time is not waited for.
        for _ in 0..<1000 {
            let result = clinux_openat2(directory, path, UInt64(flags | O_CLOEXEC), 0, resolve)
            if result >= 0 { return result }
            guard result == -EINTR || result == -EAGAIN else { throw refusal(-result, missing: missing) }
        }
        throw .denied
    }

    /// The folder a path's last part lies in, to be changed there.
    func openParent(of path: String, missing: String) throws(Refusal) -> (folder: CInt, name: String) {
        let (parent, name) = Self.split(path)
        let folder = try open(
            parent,
            O_RDONLY | O_DIRECTORY,
            followsLinks: rules.writesThroughLinks,
            missing: missing
        )
        do throws(Refusal) {
            try admit(folder)
        } catch {
            close(folder)
            throw error
        }
        return (folder, name)
    }

    /// - Throws: ``Refusal/invalid(_:)`` for what was opened where the rules forbid it, by whatever name.
    func admit(_ file: CInt) throws(Refusal) {
        guard rules.isRestricted else { return }
        let place = try Self.location(of: file)
        guard !rules.closedFolders.contains(where: { Self.lies(place, in: $0) }) else { throw .invalid("Invalid path") }
        let inner = try relative(place)
        guard !inner.split(separator: Self.slash).contains(where: { rules.reserves($0) }) else {
            throw .invalid("Invalid path")
        }
    }

    /// What `place`, an absolute one with links resolved, is called beneath the root.
    func relative(_ place: String.UTF8View.SubSequence) throws(Refusal) -> String.UTF8View.SubSequence {
        let directory = Foundation.open(root, O_PATH | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw .notFound("Directory not found") }
        defer { close(directory) }
        let top = try Self.location(of: directory)
        // The root may be that of the file system.
        let prefix = top.elementsEqual([Self.slash]) ? 0 : top.count
        guard place.starts(with: top),
            place.count == top.count || prefix == 0 || place.dropFirst(prefix).first == Self.slash
        else { throw .invalid("Invalid path") }
        return place.dropFirst(prefix)
    }

    /// Where an open file lies, links resolved (proc(5)).
    static func location(of file: CInt) throws(Refusal) -> String.UTF8View.SubSequence {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        let count = readlink("/proc/self/fd/\(file)", &buffer, buffer.count - 1)
        guard count > 0 else { throw .denied }
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self).utf8[...]
    }

    private static func lies(_ place: String.UTF8View.SubSequence, in folder: String) -> Bool {
        place.starts(with: folder.utf8)
            && (place.count == folder.utf8.count || place.dropFirst(folder.utf8.count).first == slash)
    }

    static func refusal(_ code: CInt, missing: String) -> Refusal {
        switch code {
        case ENOENT: .notFound(missing)
        case ENOTDIR: .invalid("Not a directory")
        case EISDIR: .invalid("Is a directory")
        case ENOTEMPTY, EEXIST: .invalid("Directory not empty")
        case EXDEV, ELOOP, EINVAL, ENAMETOOLONG: .invalid("Invalid path")
        case ENOSPC, EDQUOT: .diskFull
        default: .denied
        }
    }
}
