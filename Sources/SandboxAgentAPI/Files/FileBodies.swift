/// `GET /files`: one folder of the workspace.
package struct FolderListing: Sendable, Codable, Equatable {
    package struct Entry: Sendable, Codable, Equatable {
        package var name: String
        package var type: FileKind
        /// Bytes; absent for folders and where it is not known.
        package var size: Int?
        package init(name: String, type: FileKind, size: Int?) {
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

package enum FileKind: String, Sendable, Codable {
    case file
    case directory
}

package enum FileEncoding: String, Sendable, Codable {
    case utf8
    case base64
}

/// `GET /files/read`; the query members `offset` and `length` ask for a part, in bytes.
package struct FileContent: Sendable, Codable, Equatable {
    package var path: String
    /// The part asked for; `base64` where it is not UTF-8 without NUL.
    package var content: String
    package var encoding: FileEncoding
    /// Bytes of the whole file.
    package var size: Int
    /// Changes whenever the file does; ``WriteFile/version`` takes it.
    package var version: String
    package init(path: String, content: String, encoding: FileEncoding, size: Int, version: String) {
        self.path = path
        self.content = content
        self.encoding = encoding
        self.size = size
        self.version = version
    }
}

/// `POST /files/write`.
package struct WriteFile: Sendable, Codable, Equatable {
    package var path: String?
    package var content: String?
    /// Default `utf8`.
    package var encoding: FileEncoding?
    /// What the writer had read, in the same encoding: the file is left alone, status 409, when it holds anything else.
    package var originalContent: String?
    /// The version the writer had read, to the same end; empty for a file that must not exist yet.
    package var version: String?
    package init(
        path: String,
        content: String,
        encoding: FileEncoding? = nil,
        originalContent: String? = nil,
        version: String? = nil
    ) {
        self.path = path
        self.content = content
        self.encoding = encoding
        self.originalContent = originalContent
        self.version = version
    }
}

/// The answer of `POST /files/write`.
package struct FileWritten: Sendable, Codable, Equatable {
    package var path: String
    package var size: Int
    /// The version that was written.
    package var version: String
    package init(path: String, size: Int, version: String) {
        self.path = path
        self.size = size
        self.version = version
    }
}

/// `POST /files/delete`.
package struct DeleteFile: Sendable, Codable, Equatable {
    package var path: String?
    package init(path: String) { self.path = path }
}

/// The answer of `POST /files/delete`.
package struct FileDeleted: Sendable, Codable, Equatable {
    package var path: String
    package var type: FileKind
    package init(path: String, type: FileKind) {
        self.path = path
        self.type = type
    }
}

/// `POST /files/rename`, and its answer.
package struct RenameFile: Sendable, Codable, Equatable {
    package var oldPath: String?
    package var newPath: String?
    package init(oldPath: String, newPath: String) {
        self.oldPath = oldPath
        self.newPath = newPath
    }
}
