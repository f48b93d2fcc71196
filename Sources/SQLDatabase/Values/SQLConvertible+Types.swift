import Foundation
import GRDB

extension Int64: SQLConvertible {
    package var sqlValue: SQLValue { .integer(self) }
    package static func read(_ row: SQLRow, _ index: Int) throws(SQLDatabaseError) -> Int64 {
        guard case .int64(let value) = row.storage(index) else { throw SQLRow.mismatch(index) }
        return value
    }
}

extension Int: SQLConvertible {
    package var sqlValue: SQLValue { .integer(Int64(self)) }
    package static func read(_ row: SQLRow, _ index: Int) throws(SQLDatabaseError) -> Int {
        guard let value = Int(exactly: try Int64.read(row, index)) else { throw SQLRow.mismatch(index) }
        return value
    }
}

/// Stored as 0 or 1.
extension Bool: SQLConvertible {
    package var sqlValue: SQLValue { .integer(self ? 1 : 0) }
    package static func read(_ row: SQLRow, _ index: Int) throws(SQLDatabaseError) -> Bool {
        try Int64.read(row, index) != 0
    }
}

extension Double: SQLConvertible {
    package var sqlValue: SQLValue { .real(self) }
    package static func read(_ row: SQLRow, _ index: Int) throws(SQLDatabaseError) -> Double {
        switch row.storage(index) {
        case .double(let value): return value
        case .int64(let value): return Double(value)
        default: throw SQLRow.mismatch(index)
        }
    }
}

/// Text; one with U+0000 is stored as its bytes, because text given to SQLite ends there.
extension String: SQLConvertible {
    package var sqlValue: SQLValue { utf8.contains(0) ? .blob(Array(utf8)) : .text(self) }
    package static func read(_ row: SQLRow, _ index: Int) throws(SQLDatabaseError) -> String {
        switch row.storage(index) {
        case .string(let text): return text
        case .blob(let bytes): return String(decoding: bytes, as: UTF8.self)
        default: throw SQLRow.mismatch(index)
        }
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
    package var sqlValue: SQLValue { rawValue.sqlValue }
    package static func read(_ row: SQLRow, _ index: Int) throws(SQLDatabaseError) -> Self {
        guard let value = Self(rawValue: try String.read(row, index)) else { throw SQLRow.mismatch(index) }
        return value
    }
}
