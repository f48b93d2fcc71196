import OctobotAPI
import OctobotStore

extension Page {
    /// A page as the store listed it.
    init(_ listing: Listing<Item>) {
        self.init(items: listing.items, nextCursor: listing.nextCursor)
    }
}
