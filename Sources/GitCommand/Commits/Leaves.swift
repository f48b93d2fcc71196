import Foundation

/// What stands where a commit wants a file; symbolic links are never followed.
struct Leaves {
    enum Leaf {
        case absent
        case file
        /// Something is in the way that no commit knows.
        case foreign
    }

    let root: String
    /// The paths whose files may come and go.
    let touched: Set<[UInt8]>

    func leaf(at path: [UInt8]) -> Leaf {
        for (offset, byte) in path.enumerated() where byte == UInt8(ascii: "/") {
            let parent = Array(path[..<offset])
            switch Self.mode(of: parent, in: root) {
            case nil: return .absent
            case S_IFDIR: continue
            // A file that becomes a folder, or did.
            case _: return touched.contains(parent) ? .absent : .foreign
            }
        }
        switch Self.mode(of: path, in: root) {
        case nil: return .absent
        case S_IFREG, S_IFLNK: return .file
        case S_IFDIR: return hasForeign(below: path) ? .foreign : .absent
        case _: return .foreign
        }
    }

    /// Whether a folder holds anything but files that may go and folders of such.
    private func hasForeign(below path: [UInt8]) -> Bool {
        let folder = root + "/" + String(decoding: path, as: UTF8.self)
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else { return true }
        return names.contains { name in
            let inner = path + [UInt8(ascii: "/")] + Array(name.utf8)
            if Self.mode(of: inner, in: root) == S_IFDIR { return hasForeign(below: inner) }
            return !touched.contains(inner)
        }
    }

    /// The type bits of what stands there; `nil` when nothing does.
    private static func mode(of path: [UInt8], in root: String) -> mode_t? {
        var status = stat()
        let found = (Array(root.utf8) + [UInt8(ascii: "/")] + path + [0]).withUnsafeBufferPointer { bytes in
            bytes.withMemoryRebound(to: CChar.self) { text in text.baseAddress.map { lstat($0, &status) } ?? -1 }
        }
        return found == 0 ? status.st_mode & S_IFMT : nil
    }

    /// The bytes of a regular file.
    static func content(of path: [UInt8], in root: String) -> [UInt8]? {
        guard mode(of: path, in: root) == S_IFREG else { return nil }
        let descriptor = (Array(root.utf8) + [UInt8(ascii: "/")] + path + [0]).withUnsafeBufferPointer { bytes in
            bytes.withMemoryRebound(to: CChar.self) { text in
                text.baseAddress.map { open($0, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK) } ?? -1
            }
        }
        guard descriptor >= 0 else { return nil }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            return try handle.readToEnd().map { Array($0) } ?? []
        } catch {
            // Unreadable means unknown, which the caller takes for somebody else's.
            return nil
        }
    }
}
