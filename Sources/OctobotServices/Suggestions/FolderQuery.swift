import Foundation
import OctobotAPI

/// What somebody began to type, as the folder to look into and the beginning of a name in it.
struct FolderQuery: Sendable, Equatable {
    /// Absolute.
    var folder: String
    /// What names begin with.
    var prefix: String
    private let home: String

    /// How many are told.
    static let most = 10
    /// How many names are looked at: a folder somebody filled on purpose costs no more.
    private static let mostRead = 50_000

    /// Looks at the disk.
    ///
    /// - Returns: `nil` for what names no folder: relative paths, `..`, control characters, another user's home.
    init?(_ text: String, home: String) {
        self.home = home.utf8.count > 1 && home.utf8.last == Self.slash ? String(home.dropLast()) : home
        let isHome = text == "~" || text.utf8.starts(with: "~/".utf8)
        let path = isHome ? self.home + String(decoding: Array(text.utf8.dropFirst()), as: UTF8.self) : text
        let bytes = path.utf8
        guard bytes.first == Self.slash, bytes.count < Int(PATH_MAX),
            !bytes.contains(where: { $0 < 0x20 || $0 == 0x7F })
        else { return nil }
        let parts = bytes.split(separator: Self.slash).map { String(decoding: Array($0), as: UTF8.self) }
        guard !parts.contains(".."), !parts.dropLast().contains(".") else { return nil }
        let whole = "/" + parts.joined(separator: "/")
        var isFolder = ObjCBool(false)
        if FileManager.default.fileExists(atPath: whole, isDirectory: &isFolder), isFolder.boolValue, parts.last != "."
        {
            (folder, prefix) = (whole, "")
        } else {
            // A slash at the end says that the last part is whole, and it is no folder.
            guard bytes.last != Self.slash, let last = parts.last else { return nil }
            (folder, prefix) = ("/" + parts.dropLast().joined(separator: "/"), last)
        }
    }

    private static let slash = UInt8(ascii: "/")

    /// The folders that fit, by name; blocks.
    func answer() -> [Suggestion] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        for _ in 0..<Self.mostRead {
            guard let entry = readdir(stream) else { break }
            guard entry.pointee.d_type == DT_DIR || entry.pointee.d_type == DT_UNKNOWN else { continue }
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard name != ".", name != "..", name.utf8.starts(with: prefix.utf8),
                prefix.utf8.first == UInt8(ascii: ".") || name.utf8.first != UInt8(ascii: ".")
            else { continue }
            if entry.pointee.d_type == DT_UNKNOWN, !Self.isFolder(path(of: name)) { continue }
            names.append(name)
        }
        return names.sorted().prefix(Self.most).map { name in
            let path = path(of: name)
            return Suggestion(value: shortened(path), valid: access(path + "/.git", F_OK) == 0)
        }
    }

    private func path(of name: String) -> String { folder == "/" ? "/" + name : folder + "/" + name }

    /// Links are none; for file systems whose folders do not say what is in them.
    private static func isFolder(_ path: String) -> Bool {
        do {
            let kind = try FileManager.default.attributesOfItem(atPath: path)[.type]
            return kind as? FileAttributeType == .typeDirectory
        } catch {
            // It has gone, or is not ours to see.
            return false
        }
    }

    /// The home directory as `~`, by parts and not by letters.
    private func shortened(_ path: String) -> String {
        if path == home { return "~" }
        return home != "/" && path.utf8.starts(with: (home + "/").utf8)
            ? "~" + String(decoding: Array(path.utf8.dropFirst(home.utf8.count)), as: UTF8.self) : path
    }
}
