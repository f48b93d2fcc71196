import GRDB

extension Int64: SQLConvertible {
    package var sqlValue: SQLValue { .integer(self) }
    package static func read(_ row: SQLRow, _ index: Int) throws(SQLDatabaseError) -> Int64 {
        try row.decode(Int64.self, index)
    }
}

extension Int: SQLConvertible {
    package var sqlValue: SQLValue { .integer(Int64(self)) }
    package static func read(_ row: SQLRow, _ index: Int) throws(SQLDatabaseError) -> Int {
        try row.decode(Int.self, index)
    }
}

/// Stored as 0 or 1.
extension Bool: SQLConvertible {
    package var sqlValue: SQLValue { .integer(self ? 1 : 0) }
    package static func read(_ row: SQLRow, _ index: Int) throws(SQLDatabaseError) -> Bool {
        try row.decode(Int64.self, index) != 0
    }
}

extension Double: SQLConvertible {
    package var sqlValue: SQLValue { .real(self) }
    package static func read(_ row: SQLRow, _ index: Int) throws(SQLDatabaseError) -> Double {
        try row.decode(Double.self, index)
    }
}

extension String: SQLConvertible {
    package var sqlValue: SQLValue { .text(self) }
    package static func read(_ row: SQLRow, _ index: Int) throws(SQLDatabaseError) -> String {
        try row.decode(String.self, index)
    }
}

/// The bytes of a BLOB.
extension [UInt8]: SQLConvertible {
    package var sqlValue: SQLValue { .blob(self) }
    package static func read(_ row: SQLRow, _ index: Int) throws(SQLDatabaseError) -> [UInt8] {
        try withDatabaseErrors {
            try row.row.withUnsafeData(atIndex: index) { data in
                guard let data else { throw SQLRow.mismatch(index) }
                return Array(data)
            }
        }
    }
}

extension Optional: SQLConvertible where Wrapped: SQLConvertible {
    package var sqlValue: SQLValue { self?.sqlValue ?? .null }
    package static func read(_ row: SQLRow, _ index: Int) throws(SQLDatabaseError) -> Wrapped? {
        row.isNull(index) ? nil : try Wrapped.read(row, index)
    }
}

/// An enumeration stored as its text.
extension SQLConvertible where Self: RawRepresentable, RawValue == String {
    package var sqlValue: SQLValue { .text(rawValue) }
    package static func read(_ row: SQLRow, _ index: Int) throws(SQLDatabaseError) -> Self {
        guard let value = Self(rawValue: try String.read(row, index)) else { throw SQLRow.mismatch(index) }
        return value
    }
}
