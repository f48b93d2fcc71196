import OctobotModel
import SQLDatabase

/// A list in the order of time and id, read page by page from the last item on (keyset pagination).
struct ListQuery<Item> {
    /// Names the list in its cursors.
    var name: String
    /// `SELECT … FROM table`.
    var select: String
    /// What is in the list, with `$1` … for ``arguments``.
    var condition: String
    var arguments: [any SQLConvertible]
    var isNewestFirst = false
    /// The columns that order the list: a number, then a text that is unique where numbers are equal.
    var order = (number: "created_at", id: "id")
    var read: (SQLRow) throws -> Item
    var place: (Item) -> (number: Int64, id: String)
}

extension StoreReader {
    /// - Throws: ``StoreError/cursorInvalid(_:)``.
    func list<Item>(_ query: ListQuery<Item>, page: PageRequest) throws -> Listing<Item> {
        let (number, id) = query.order
        var sql = "\(query.select) WHERE \(query.condition)"
        var arguments = query.arguments
        if let text = page.cursor {
            let cursor = try ListCursor(text, of: query.name)
            let next = arguments.count + 1
            sql += " AND (\(number), \(id)) \(query.isNewestFirst ? "<" : ">") ($\(next), $\(next + 1))"
            arguments += [cursor.number, cursor.id]
        }
        let direction = query.isNewestFirst ? "DESC" : "ASC"
        sql += " ORDER BY \(number) \(direction), \(id) \(direction) LIMIT $\(arguments.count + 1)"
        // One more than asked for tells whether there is a next page.
        arguments.append(page.limit + 1)
        var items = try connection.fetch(sql, arguments: arguments, as: query.read)
        guard items.count > page.limit else { return Listing(items: items, nextCursor: nil) }
        items.removeLast(items.count - page.limit)
        let cursor = items.last.map(query.place).map { ListCursor(list: query.name, number: $0.number, id: $0.id).text }
        return Listing(items: items, nextCursor: cursor)
    }
}
