import JSONText
package import OctobotModel
package import SQLDatabase

extension Identifier: SQLConvertible {
    package var sqlValue: SQLValue { rawValue.sqlValue }
    package static func read(_ row: SQLRow, _ index: Int) throws(SQLDatabaseError) -> Identifier {
        Identifier(try String.read(row, index))
    }
}

/// Milliseconds since 1970 UTC.
extension Timestamp: SQLConvertible {
    package var sqlValue: SQLValue { .integer(milliseconds) }
    package static func read(_ row: SQLRow, _ index: Int) throws(SQLDatabaseError) -> Timestamp {
        Timestamp(milliseconds: try Int64.read(row, index))
    }
}

extension Role: SQLConvertible {}
extension SourceType: SQLConvertible {}
extension WorkspaceStatus: SQLConvertible {}
extension SessionStatus: SQLConvertible {}
extension CommitStatus: SQLConvertible {}
extension CommitOutcome: SQLConvertible {}
extension PermissionMode: SQLConvertible {}
extension Reasoning: SQLConvertible {}
extension TurnState: SQLConvertible {}
extension Approval.Kind: SQLConvertible {}
extension Approval.State: SQLConvertible {}
extension ApprovalRule.Scope: SQLConvertible {}
extension ApprovalRule.Effect: SQLConvertible {}
extension Event.Kind: SQLConvertible {}
extension JobType: SQLConvertible {}
extension JobStatus: SQLConvertible {}
extension Credential.AuthType: SQLConvertible {}
extension MCPServer.Transport: SQLConvertible {}

/// A column of JSON text.
enum JSONColumn {
    static func text(_ value: some Encodable) throws -> String {
        String(decoding: try JSONCoding.encode(value), as: UTF8.self)
    }

    static func text(_ value: JSONValue) -> String { String(decoding: value.serialized(), as: UTF8.self) }

    static func value<Value: Decodable>(_ type: Value.Type, _ row: SQLRow, _ index: Int) throws -> Value {
        let text: String = try row[index]
        return try JSONCoding.decode(type, from: text.utf8)
    }

    static func tree(_ row: SQLRow, _ index: Int) throws -> JSONValue {
        let text: String = try row[index]
        return try JSONValue(parsing: Array(text.utf8))
    }
}

/// `($3, $4)` for two values from `$3` on; `(NULL)` for none, which nothing is in.
func placeholders(_ count: Int, from first: Int) -> String {
    guard count > 0 else { return "(NULL)" }
    return "(" + (first..<first + count).map { "$\($0)" }.joined(separator: ", ") + ")"
}

extension Set where Element: RawRepresentable, Element.RawValue == String {
    /// The elements in one order for equal sets, so that equal statements get equal arguments.
    var ordered: [Element] { sorted { $0.rawValue < $1.rawValue } }
}
