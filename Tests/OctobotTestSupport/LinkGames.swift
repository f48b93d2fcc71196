import Foundation

/// A folder full of links that lead out, and beside it what must stay as it is.
package struct LinkGames: Sendable {
    /// The folder that must not be left.
    package let root: String
    /// What lies beside it.
    package let outside: String

    private static let secret = "canary: neither read nor written nor deleted\n"

    /// - Parameters:
    ///   - folder: Absolute; `outside` is made in it.
    ///   - root: The folder the links are made in, directly beneath `folder`; made if missing.
    package init(in folder: String, root: String) throws {
        self.root = root
        outside = folder + "/outside"
        try FileManager.default.createDirectory(atPath: outside + "/folder", withIntermediateDirectories: true)
        for name in ["canary", "folder/canary"] {
            try Data(Self.secret.utf8).write(to: URL(filePath: outside + "/" + name))
        }
        try deal()
    }

    /// Makes the links, after taking away what is left of them.
    package func deal() throws {
        let manager = FileManager.default
        for (name, target) in links {
            let parts = name.split(separator: "/")
            if parts.count > 1 {
                let above = root + "/" + parts.dropLast().joined(separator: "/")
                try manager.createDirectory(atPath: above, withIntermediateDirectories: true)
            } else {
                try manager.createDirectory(atPath: root, withIntermediateDirectories: true)
            }
            let path = root + "/" + name
            do {
                guard try manager.destinationOfSymbolicLink(atPath: path) != target else { continue }
                try manager.removeItem(atPath: path)
            } catch CocoaError.fileReadNoSuchFile {
                // Nothing is in its way.
            } catch CocoaError.fileReadUnknown {
                // It is no link any more.
                try manager.removeItem(atPath: path)
            }
            try manager.createSymbolicLink(atPath: path, withDestinationPath: target)
        }
        try Data("inside\n".utf8).write(to: URL(filePath: root + "/sub/inside"))
    }

    private var links: [(String, String)] {
        [
            ("up", "../outside"), ("outside", outside), ("canary", "../outside/canary"), ("absolute", outside),
            ("proc", "/proc"), ("self", "/proc/self"), ("root", "/proc/self/root"), ("fd", "/proc/self/fd"),
            ("cwd", "/proc/self/cwd"), ("exe", "/proc/self/exe"), ("loop", "loop"), ("sub/up", "../.."),
            ("sub/deep/up", "../../../outside"), ("dangling", "../outside/new"), ("etc", "/etc"), ("null", "/dev/null"),
            ("tty", "/dev/tty"), ("chain9", "../outside"), ("inner", "sub"),
        ] + (0..<9).map { ("chain\($0)", "chain\($0 + 1)") }
    }

    /// Whether text that was got shows what lies outside.
    package func shows(_ text: String) -> Bool { text.contains("canary: neither") || text.contains("root:x:0") }

    /// What lies outside, with all that could have been changed about it.
    package func state() throws -> [String] {
        let manager = FileManager.default
        return try manager.subpathsOfDirectory(atPath: outside).sorted().map { name in
            let attributes = try manager.attributesOfItem(atPath: outside + "/" + name)
            let content =
                manager.contents(atPath: outside + "/" + name).map { String(decoding: $0, as: UTF8.self) } ?? ""
            return "\(name) \(attributes[.posixPermissions] ?? 0) \(attributes[.modificationDate] ?? 0) \(content)"
        }
    }
}
