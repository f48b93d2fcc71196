/// The notifications of one subscription, as the text of their params, for one reader.
///
/// It ends after the notification of type `end`, and throws ``RPCConnectionClosed`` when the connection is lost. When
/// nothing refers to it any more, the daemon is told that it is over.
package struct RPCSubscription: AsyncSequence, Sendable {
    package typealias Element = [UInt8]
    package typealias Failure = any Error

    /// What the subscribe call answered.
    package let answer: [UInt8]
    /// The name the daemon gave it.
    package let name: String

    private let lease: Lease

    /// Ends the subscription with its last owner.
    private final class Lease: Sendable {
        let name: String
        let feed: NotificationFeed
        let client: RPCClient

        init(name: String, feed: NotificationFeed, client: RPCClient) {
            self.name = name
            self.feed = feed
            self.client = client
        }

        deinit { client.abandon(name) }
    }

    init(answer: [UInt8], name: String, feed: NotificationFeed, client: RPCClient) {
        self.answer = answer
        self.name = name
        lease = Lease(name: name, feed: feed, client: client)
    }

    package struct Iterator: AsyncIteratorProtocol {
        fileprivate let lease: any AnyObject & Sendable
        fileprivate let feed: NotificationFeed

        package func next() async throws -> [UInt8]? { try await feed.take() }
    }

    package func makeAsyncIterator() -> Iterator { Iterator(lease: lease, feed: lease.feed) }
}
