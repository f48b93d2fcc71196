import ArgumentParser
import JSONText
import OctobotAPI
import OctobotClient
import OctobotModel

/// Which part of a list is wanted.
struct PageOptions: ParsableArguments {
    @Option(help: "At most this many items (1 to 500), and no further pages.")
    var limit: Int?

    @Option(help: "Go on where a page ended: its nextCursor.")
    var cursor: String?
}

extension Connected {
    /// How many items a page has when everything is wanted: as many as the daemon gives.
    static let pageSize = 500

    /// Prints a list: all of it, or the page that was asked for.
    ///
    /// - Parameters:
    ///   - nothing: What people read when there is none.
    ///   - make: The params of one page.
    func list<O: Operation, Item: Tabular & Decodable>(
        _ operation: O.Type,
        _ page: PageOptions,
        nothing: String,
        _ make: (_ limit: Int?, _ cursor: String?) -> O.Params
    ) async throws where O.Result == Page<Item> {
        let items = try await values(operation, page, make)
        switch format {
        case .table:
            let rows = try items.map { try decode(Item.self, from: $0.serialized()) }
            guard !rows.isEmpty else { return console.note(nothing) }
            let table = Table(Item.columns, rows.map(\.cells))
            console.lines(table.lines(width: console.width))
        case .json: break
        case .ndjson: for item in items { console.line(bytes: item.serialized()) }
        }
    }

    /// Prints a list that is always one page.
    func list<O: Operation, Item: Tabular & Codable>(
        _ operation: O.Type,
        _ params: O.Params,
        nothing: String
    ) async throws where O.Result == Page<Item> {
        let bytes = try await client.call(O.name, params: JSONCoding.encode(params))
        let items = try decode(Page<Item>.self, from: bytes).items
        switch format {
        case .table:
            guard !items.isEmpty else { return console.note(nothing) }
            console.lines(Table(Item.columns, items.map(\.cells)).lines(width: console.width))
        case .json: console.line(bytes: bytes)
        case .ndjson: for item in items { console.line(bytes: try JSONCoding.encode(item)) }
        }
    }

    /// The items of a list; prints the pages themselves where the result as it is is wanted.
    func values<O: Operation>(
        _ operation: O.Type,
        _ page: PageOptions,
        _ make: (_ limit: Int?, _ cursor: String?) -> O.Params
    ) async throws -> [JSONValue] {
        var items: [JSONValue] = []
        var cursor = page.cursor
        var result: [String: JSONValue] = [:]
        repeat {
            let bytes = try await client.call(
                O.name,
                params: JSONCoding.encode(make(page.limit ?? Self.pageSize, cursor))
            )
            result = try decode(JSONValue.self, from: bytes).objectValue ?? [:]
            items += result["items"]?.arrayValue ?? []
            cursor = result["nextCursor"]?.stringValue
        } while cursor != nil && page.limit == nil
        if format == .json {
            result["items"] = .array(items)
            console.line(bytes: JSONValue.object(result).serialized())
        }
        return items
    }
}
