/// Which part of a list is asked for.
package struct PageRequest: Sendable, Equatable {
    /// How many items: 1 to 500.
    package var limit: Int
    /// `nextCursor` of the page before; `nil` for the first page.
    package var cursor: String?

    /// - Parameter limit: 100 when absent; kept within 1 to 500.
    package init(limit: Int? = nil, cursor: String? = nil) {
        self.limit = min(max(limit ?? 100, 1), 500)
        self.cursor = cursor
    }
}

/// A part of a list, in the list's order.
package struct Listing<Item> {
    package var items: [Item]
    /// Continues the list; `nil` on the last page.
    package var nextCursor: String?
}

extension Listing: Sendable where Item: Sendable {}
