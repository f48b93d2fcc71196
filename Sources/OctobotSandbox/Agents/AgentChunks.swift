/// One chunk of a turn: its number in the turn, counted from 1, and its JSON as the agent wrote it.
package struct AgentChunk: Sendable, Equatable {
    package var n: Int
    package var bytes: [UInt8]

    package init(n: Int, bytes: [UInt8]) {
        self.n = n
        self.bytes = bytes
    }
}

/// The chunks of one turn, read as fast as they are taken; it ends normally only where the turn ends.
package struct AgentChunks: AsyncSequence, Sendable {
    private let makeReader: @Sendable () -> any AgentChunkReader

    init(_ makeReader: @escaping @Sendable () -> any AgentChunkReader) {
        self.makeReader = makeReader
    }

    package func makeAsyncIterator() -> AsyncIterator { AsyncIterator(reader: makeReader()) }

    /// Gives the chunks of a batch one by one.
    package struct AsyncIterator: AsyncIteratorProtocol {
        private let reader: any AgentChunkReader
        private var batch: [AgentChunk] = []
        private var index = 0

        fileprivate init(reader: any AgentChunkReader) { self.reader = reader }

        package mutating func next(isolation actor: isolated (any Actor)? = #isolation) async throws -> AgentChunk? {
            while index == batch.count {
                guard let more = try await reader.read(isolation: actor) else { return nil }
                batch = more
                index = 0
            }
            defer { index += 1 }
            return batch[index]
        }

        package mutating func next() async throws -> AgentChunk? { try await next(isolation: #isolation) }
    }
}

/// Where chunks come from, in the pieces they arrive in.
protocol AgentChunkReader: AnyObject {
    /// The next chunks, at least one unless nothing is complete yet; `nil` after the turn's end.
    func read(isolation actor: isolated (any Actor)?) async throws -> [AgentChunk]?
}
