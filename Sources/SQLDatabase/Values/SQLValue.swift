import Foundation
import GRDB

/// A value as SQLite stores it.
package enum SQLValue: Sendable, Equatable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])

    var databaseValue: DatabaseValue {
        switch self {
        case .null: .null
        case .integer(let value): value.databaseValue
        case .real(let value): value.databaseValue
        case .text(let value): value.databaseValue
        case .blob(let bytes): Data(bytes).databaseValue
        }
    }
}

/// A type that statements take as an argument and rows give back.
package protocol SQLConvertible {
    var sqlValue: SQLValue { get }

    /// The value in a column of a row.
    ///
    /// - Throws: kind ``SQLDatabaseError/Kind/corrupt`` when the column holds something else.
    static func read(_ row: SQLRow, _ index: Int) throws(SQLDatabaseError) -> Self
}
