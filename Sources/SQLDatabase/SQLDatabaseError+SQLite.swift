import GRDB

extension SQLDatabaseError {
    /// An error of GRDB as ours.
    init(_ error: any Error) {
        switch error {
        case let error as SQLDatabaseError: self = error
        case let error as DatabaseError:
            self.init(
                Self.kind(of: error.resultCode),
                "SQLite error \(error.extendedResultCode.rawValue): \(error.message ?? "no message")",
                code: error.extendedResultCode.rawValue
            )
        default: self.init(.other, "Unexpected database error of type \(type(of: error)).")
        }
    }

    /// The same with the file's name in front.
    package func naming(_ path: String) -> SQLDatabaseError {
        if message.contains(path) { return self }
        return SQLDatabaseError(kind, "\(path): \(message)", code: code)
    }

    /// SQLite's primary result codes (sqlite.org/rescode.html) as far as callers tell them apart.
    private static func kind(of code: ResultCode) -> Kind {
        switch code {
        case .SQLITE_FULL: .full
        case .SQLITE_READONLY, .SQLITE_PERM: .readOnly
        case .SQLITE_CONSTRAINT: .constraint
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: .corrupt
        case .SQLITE_BUSY, .SQLITE_LOCKED: .busy
        case .SQLITE_CANTOPEN: .cannotOpen
        default: .other
        }
    }
}

/// Runs calls of GRDB and throws what they throw as ours.
func withDatabaseErrors<Value>(_ body: () throws -> Value) throws(SQLDatabaseError) -> Value {
    do {
        return try body()
    } catch {
        throw SQLDatabaseError(error)
    }
}
