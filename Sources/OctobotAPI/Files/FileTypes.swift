import Foundation
import OctobotModel

/// How the bytes of a file or of a command's output are written as JSON text.
package enum ContentEncoding: String, Sendable, Codable, CaseIterable {
    /// The text as it is.
    case utf8
    /// RFC 4648 §4, for what is not UTF-8 without NUL, or would be longer as text.
    case base64

    /// What `text` stands for; `nil` when it is no Base64.
    package func bytes(of text: String) -> [UInt8]? {
        switch self {
        case .utf8: Array(text.utf8)
        case .base64: Data(base64Encoded: text).map { Array($0) }
        }
    }
}

/// Whether something in a folder is a folder itself; links count as what they lead to.
package enum FileKind: String, Sendable, Codable, CaseIterable {
    case file, directory
}

/// One folder of a session's workspace (rest-api.md §13).
package struct SessionFolder: Codable, Sendable, Equatable {
    package struct Entry: Codable, Sendable, Equatable {
        package var name: String
        package var type: FileKind
        /// Bytes; only for files.
        package var size: Int?

        package init(name: String, type: FileKind, size: Int? = nil) {
            self.name = name
            self.type = type
            self.size = size
        }
    }

    package var path: String
    /// Folders first, then by name.
    package var entries: [Entry]

    package init(path: String, entries: [Entry]) {
        self.path = path
        self.entries = entries
    }
}

extension SessionFolder: ComponentDescribing {
    package static let schemaName = "SessionFolder"
    package static let definition = JSONSchema.record(
        .required("path", .string, "The folder, relative to the workspace; `.` for the workspace itself."),
        .required(
            "entries",
            .array(
                of: .record(
                    .required("name", .string, "Its name."),
                    .required("type", .enumeration(of: FileKind.self), "Links count as what they lead to."),
                    .optional("size", .count, "Bytes; only for files.")
                )
            ),
            "Folders first, then by name."
        ),
        description: "One folder of a session’s workspace."
    )

    /// What the documents show.
    package static let example = SessionFolder(
        path: ".",
        entries: [Entry(name: "src", type: .directory), Entry(name: "Makefile", type: .file, size: 412)]
    )
}

/// A file of a session's workspace, or a part of one (rest-api.md §13).
package struct SessionFile: Codable, Sendable, Equatable {
    package var path: String
    package var content: String
    package var encoding: ContentEncoding
    /// Bytes of the whole file.
    package var size: Int
    /// What ``WriteSessionFile`` takes; absent for a file of the base commit.
    package var version: String?

    package init(path: String, content: String, encoding: ContentEncoding, size: Int, version: String? = nil) {
        self.path = path
        self.content = content
        self.encoding = encoding
        self.size = size
        self.version = version
    }
}

extension SessionFile: ComponentDescribing {
    package static let schemaName = "SessionFile"
    package static let definition = JSONSchema.record(
        .required("path", .string, "The file, relative to the workspace."),
        .required("content", .string, "The bytes that were asked for, in this encoding."),
        .required("encoding", .enumeration(of: ContentEncoding.self), "`base64` for what is not UTF-8 without NUL."),
        .required("size", .count, "Bytes of the whole file."),
        .optional("version", .string(1...128), "Changes with the content; absent with `fromBase`."),
        description: "A file of a session’s workspace, or a part of one."
    )

    /// What the documents show.
    package static let example = SessionFile(
        path: "notes/plan.txt",
        content: "forty-two\n",
        encoding: .utf8,
        size: 10,
        version: "9f86d081884c7d65"
    )
}

/// The params every operation on one path has in common.
extension JSONSchema.Member {
    static func filePath(_ name: String, _ description: String) -> JSONSchema.Member {
        .required(name, .bytes(1...4096), description)
    }
}

extension FaultKind {
    /// What everything done by hand in a sandbox or a working copy can end in.
    static let byHand: [FaultKind] = [.notFound, .invalidState, .upstreamFailed, .unavailable]
}
