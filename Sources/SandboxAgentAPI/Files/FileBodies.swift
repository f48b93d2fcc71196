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

/// `GET /files/read`.
package struct FileContent: Sendable, Codable, Equatable {
    package var path: String
    package var content: String
    package var encoding: FileEncoding
    /// Bytes of the file.
    package var size: Int
    package init(path: String, content: String, encoding: FileEncoding, size: Int) {
        self.path = path
        self.content = content
        self.encoding = encoding
        self.size = size
    }
}

/// `POST /files/write`.
package struct WriteFile: Sendable, Codable, Equatable {
    package var path: String?
    package var content: String?
    /// Default `utf8`.
    package var encoding: FileEncoding?
    package init(path: String, content: String, encoding: FileEncoding? = nil) {
        self.path = path
        self.content = content
        self.encoding = encoding
    }
}

/// The answer of `POST /files/write`.
package struct FileWritten: Sendable, Codable, Equatable {
    package var path: String
    package var size: Int
    package init(path: String, size: Int) {
        self.path = path
        self.size = size
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
