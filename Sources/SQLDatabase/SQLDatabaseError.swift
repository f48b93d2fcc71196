/// Why the database did not do what it was asked; never carries the values of a statement.
package struct SQLDatabaseError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The failures callers tell apart.
    package enum Kind: Sendable, Equatable {
        /// The disk, or the space allowed on it, is used up.
        case full
        /// File or folder cannot be written.
        case readOnly
        /// A unique index, foreign key, CHECK or NOT NULL refused a change.
        case constraint
        /// The file is damaged.
        case corrupt
        /// Another process holds the file's lock for longer than the busy timeout.
        case busy
        /// The file is no database of ours.
        case foreign
        /// The file was written by a later version.
        case newer
        /// The file cannot be opened.
        case cannotOpen
        /// The database was closed.
        case closed
        case other
    }

    package var kind: Kind
    /// What happened, for the log; names the file where it is about the file.
    package var message: String
    /// SQLite's extended result code, when it was SQLite that failed.
    package var code: Int32?

    package init(_ kind: Kind, _ message: String, code: Int32? = nil) {
        self.kind = kind
        self.message = message
        self.code = code
    }

    package var description: String { message }
}
