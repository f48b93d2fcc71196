import GRDB

/// A connection inside a transaction: runs statements and reads rows.
///
/// Statements are written in the dialect SQLite and PostgreSQL share, with `$1` … first appearing in ascending order;
/// each is prepared once per connection.
package struct SQLConnection {
    let database: Database

    init(_ database: Database) { self.database = database }

    /// Runs a statement that returns no rows.
    ///
    /// - Returns: How many rows it changed.
    @discardableResult
    package func execute(_ sql: String, _ arguments: any SQLConvertible...) throws(SQLDatabaseError) -> Int {
        try execute(sql, arguments: arguments)
    }

    /// Runs a statement that returns no rows, its arguments in a list.
    ///
    /// - Returns: How many rows it changed.
    @discardableResult
    package func execute(_ sql: String, arguments: [any SQLConvertible]) throws(SQLDatabaseError) -> Int {
        let statement = try statement(sql)
        return try withDatabaseErrors {
            try statement.execute(arguments: arguments.isEmpty ? nil : Self.bindings(arguments))
            return database.changesCount
        }
    }

    /// Runs several statements without arguments, as migrations do.
    package func executeScript(_ sql: String) throws(SQLDatabaseError) {
        try withDatabaseErrors { try database.execute(sql: sql) }
    }

    /// Every row of a result, in order.
    ///
    /// `read` must not run statements itself.
    package func fetch<Value>(
        _ sql: String,
        _ arguments: any SQLConvertible...,
        as read: (SQLRow) throws -> Value
    ) throws -> [Value] {
        try fetch(sql, arguments: arguments, as: read)
    }

    /// Every row of a result, in order, the arguments in a list.
    package func fetch<Value>(
        _ sql: String,
        arguments: [any SQLConvertible],
        as read: (SQLRow) throws -> Value
    ) throws -> [Value] {
        var values: [Value] = []
        try forEachRow(sql, arguments: arguments) { row in
            values.append(try read(row))
            return true
        }
        return values
    }

    /// The first row of a result, or `nil` when there is none.
    package func fetchOne<Value>(
        _ sql: String,
        _ arguments: any SQLConvertible...,
        as read: (SQLRow) throws -> Value
    ) throws -> Value? {
        try fetchOne(sql, arguments: arguments, as: read)
    }

    /// The first row of a result, or `nil` when there is none, the arguments in a list.
    package func fetchOne<Value>(
        _ sql: String,
        arguments: [any SQLConvertible],
        as read: (SQLRow) throws -> Value
    ) throws -> Value? {
        var value: Value?
        try forEachRow(sql, arguments: arguments) { row in
            value = try read(row)
            return false
        }
        return value
    }

    /// Hands out the rows of a result one by one until `body` returns `false`.
    package func forEachRow(
        _ sql: String,
        arguments: [any SQLConvertible],
        _ body: (SQLRow) throws -> Bool
    ) throws {
        let statement = try statement(sql)
        let rows = try withDatabaseErrors { try Row.fetchCursor(statement, arguments: Self.bindings(arguments)) }
        while let row = try withDatabaseErrors({ try rows.next() }) {
            if try !body(SQLRow(row: row)) { break }
        }
    }

    private func statement(_ sql: String) throws(SQLDatabaseError) -> Statement {
        try ParameterOrder.check(sql)
        return try withDatabaseErrors { try database.cachedStatement(sql: sql) }
    }

    private static func bindings(_ arguments: [any SQLConvertible]) -> StatementArguments {
        // Not as `DatabaseValue`: that initializer goes through a key path, which costs more than a query of one row.
        let values: [(any DatabaseValueConvertible)?] = arguments.map { $0.sqlValue.databaseValue }
        return StatementArguments(values)
    }
}
