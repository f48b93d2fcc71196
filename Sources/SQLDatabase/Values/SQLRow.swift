import GRDB

/// One row of a result, read by column index; valid only while the closure it was handed to runs.
package struct SQLRow {
    let row: Row

    /// The value in a column, from 0.
    ///
    /// - Throws: kind ``SQLDatabaseError/Kind/corrupt`` when the column holds something else.
    package subscript<Value: SQLConvertible>(index: Int) -> Value {
        get throws(SQLDatabaseError) { try Value.read(self, index) }
    }

    /// Whether a column is NULL.
    package func isNull(_ index: Int) -> Bool { row.hasNull(atIndex: index) }

    /// A column's value as SQLite holds it.
    func storage(_ index: Int) -> DatabaseValue.Storage {
        let value: DatabaseValue = row[index]
        return value.storage
    }

    static func mismatch(_ index: Int) -> SQLDatabaseError {
        SQLDatabaseError(.corrupt, "Column \(index) of a row does not hold what its table promises.")
    }
}
