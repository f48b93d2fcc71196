import CLinux
package import Foundation
import Synchronization

extension ConfinedFolder {
    /// What was written.
    package struct Written: Sendable, Equatable {
        /// Relative to the folder.
        package var path: String
        package var size: Int
        package var version: String
    }

    /// What a writer knows of the file: it is left alone when that is no longer so.
    struct Expectation {
        var version: String?
        var original: Data?

        var isNew: Bool { version?.isEmpty == true }
    }

    /// Replaces a file at once and whole, making the folders above it.
    ///
    /// It is on the disk when this returns. A file that is there keeps its mode; a refusal leaves nothing behind.
    ///
    /// - Parameters:
    ///   - version: What the writer had read; empty for a file that must not exist.
    ///   - original: The content the writer had read, to the same end.
    /// - Throws: ``Refusal/changed`` when the file is another one; of several writers who had read the same, one succeeds.
    package func write(
        _ path: String,
        _ bytes: Data,
        version: String? = nil,
        original: Data? = nil
    ) throws(Refusal) -> Written {
        let path = try normal(path)
        guard path != "." else { throw .invalid("Is a directory") }
        let expected = Expectation(version: version, original: original)
        return try changing.withLock { (_) throws(Refusal) -> Written in
            let target = try rules.writesThroughLinks ? followed(path) : path
            try precheck(target, expected)
            let made = try makeParents(of: target)
            do throws(Refusal) {
                let version = try place(bytes, at: target, expected)
                return Written(path: path, size: bytes.count, version: version)
            } catch {
                takeBack(made)
                throw error
            }
        }
    }

    /// Where a link leads, so that it stays and what it leads to is replaced.
    private func followed(_ path: String) throws(Refusal) -> String {
        let link: CInt
        do throws(Refusal) {
            link = try open(path, O_PATH | O_NOFOLLOW, missing: "File not found")
        } catch {
            guard case .notFound = error else { throw error }
            return path
        }
        defer { close(link) }
        var info = stat()
        guard fstat(link, &info) == 0 else { throw .denied }
        guard info.st_mode & S_IFMT == S_IFLNK else { return path }
        let target = try open(path, O_PATH, missing: "The link leads nowhere")
        defer { close(target) }
        return try normal(Self.text(relative(Self.location(of: target)).drop { $0 == Self.slash }))
    }

    /// Finds out what can be known before anything is made.
    private func precheck(_ path: String, _ expected: Expectation) throws(Refusal) {
        let parent: CInt
        let name: String
        do throws(Refusal) {
            (parent, name) = try openParent(of: path, missing: "Directory not found")
        } catch {
            guard case .notFound = error else { throw error }
            guard expected.original == nil, expected.version?.isEmpty != false else { throw .changed }
            return
        }
        defer { close(parent) }
        _ = try Self.existing(name, in: parent)
        try Self.check(name, in: parent, expected)
    }

    /// The regular file that is to be replaced; `nil` when there is none.
    private static func existing(_ name: String, in parent: CInt) throws(Refusal) -> stat? {
        var info = stat()
        guard fstatat(parent, name, &info, AT_SYMLINK_NOFOLLOW) == 0 else {
            guard errno == ENOENT else { throw refusal(errno, missing: "File not found") }
            return nil
        }
        switch info.st_mode & S_IFMT {
        case S_IFREG: return info
        case S_IFDIR: throw .invalid("Is a directory")
        case S_IFLNK: throw .invalid("Is a link")
        default: throw .invalid("Not a regular file")
        }
    }

    private static func check(_ name: String, in parent: CInt, _ expected: Expectation) throws(Refusal) {
        guard expected.version != nil || expected.original != nil else { return }
        let place: CInt
        do throws(Refusal) {
            place = try open(name, in: parent, O_PATH, followsLinks: false, missing: "")
        } catch {
            guard case .notFound = error, expected.original == nil, expected.version?.isEmpty != false else {
                throw .changed
            }
            return
        }
        defer { close(place) }
        guard !expected.isNew else { throw .changed }
        let (file, info) = try opened(place)
        defer { close(file) }
        if let version = expected.version, version != Self.version(of: info) { throw .changed }
        guard let original = expected.original else { return }
        guard Int(info.st_size) == original.count, try bytes(of: file, from: 0, count: original.count) == original
        else { throw .changed }
    }

    /// Writes beside the file and renames.
    ///
    /// - Returns: The new file's version.
    private func place(_ bytes: Data, at path: String, _ expected: Expectation) throws(Refusal) -> String {
        let (parent, name) = try openParent(of: path, missing: "Directory not found")
        defer { close(parent) }
        let old = try Self.existing(name, in: parent)
        let draft = ".octobot-\(UUID().uuidString)"
        let file = openat(parent, draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
        guard file >= 0 else { throw Self.refusal(errno, missing: "Directory not found") }
        defer { close(file) }
        var isPlaced = false
        defer { if !isPlaced { unlinkat(parent, draft, 0) } }
        try give(file, to: old, in: parent)
        try Self.put(bytes, into: file)
        guard fdatasync(file) == 0 else { throw Self.refusal(errno, missing: "File not found") }
        // As late as can be: whoever changed the file while this was written is not overwritten.
        try Self.check(name, in: parent, expected)
        if expected.isNew {
            try Self.placeNew(draft, as: name, in: parent)
        } else {
            guard renameat(parent, draft, parent, name) == 0 else {
                throw Self.refusal(errno, missing: "File not found")
            }
        }
        isPlaced = true
        fsync(parent)
        var new = stat()
        guard fstat(file, &new) == 0 else { throw .denied }
        return Self.version(of: new)
    }

    /// Renames where nothing may be (renameat2(2)).
    private static func placeNew(_ draft: String, as name: String, in parent: CInt) throws(Refusal) {
        /// `RENAME_NOREPLACE` of linux/fs.h.
        let withoutReplacing: UInt32 = 1
        let result = clinux_renameat2(parent, draft, parent, name, withoutReplacing)
        guard result != 0 else { return }
        if result == -EEXIST { throw .changed }
        // Some file systems cannot; a hard link never replaces either.
        guard result == -EINVAL, linkat(parent, draft, parent, name, 0) == 0 else {
            throw result == -EINVAL && errno == EEXIST ? .changed : refusal(-result, missing: "File not found")
        }
        unlinkat(parent, draft, 0)
    }

    /// Gives a new file the mode of the old one, and where we may, its owner or that of the folder.
    private func give(_ file: CInt, to old: stat?, in parent: CInt) throws(Refusal) {
        if geteuid() == 0 {
            var folder = stat()
            guard fstat(parent, &folder) == 0 else { throw .denied }
            // Without the capability it stays ours, as everything else we make.
            _ = fchown(file, old?.st_uid ?? folder.st_uid, old?.st_gid ?? folder.st_gid)
        }
        guard let mode = old.map({ $0.st_mode & 0o7777 }) ?? rules.modes?.file else { return }
        guard fchmod(file, mode) == 0 else { throw .denied }
    }

    private static func put(_ bytes: Data, into file: CInt) throws(Refusal) {
        var done = 0
        while done < bytes.count {
            let put = bytes.withUnsafeBytes { buffer in
                Foundation.write(file, buffer.baseAddress.map { $0 + done }, bytes.count - done)
            }
            if put < 0 {
                if errno == EINTR { continue }
                throw refusal(errno, missing: "File not found")
            }
            done += put
        }
    }
}
