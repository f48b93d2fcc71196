package import SandboxAgentAPI

/// An output stream of a sandbox, read as fast as it is taken.
package struct OutputRecords: AsyncSequence, Sendable {
    private let makeReader: @Sendable () -> any OutputRecordReader

    init(_ makeReader: @escaping @Sendable () -> any OutputRecordReader) {
        self.makeReader = makeReader
    }

    package func makeAsyncIterator() -> AsyncIterator { AsyncIterator(reader: makeReader()) }

    /// Gives the records of a batch one by one, those that say nothing left out.
    package struct AsyncIterator: AsyncIteratorProtocol {
        private let reader: any OutputRecordReader
        private var batch: ArraySlice<OutputRecord> = []
        private var isOver = false

        fileprivate init(reader: any OutputRecordReader) { self.reader = reader }

        package mutating func next(isolation actor: isolated (any Actor)? = #isolation) async throws -> OutputRecord? {
            while !isOver {
                guard let record = batch.popFirst() else {
                    batch = try await reader.read(isolation: actor)[...]
                    continue
                }
                switch record.kind {
                case .quiet: continue
                case .end: isOver = true
                case .output, .errors, .gap: break
                }
                return record
            }
            return nil
        }

        package mutating func next() async throws -> OutputRecord? { try await next(isolation: #isolation) }
    }
}

/// Where records come from, in the pieces they arrive in.
protocol OutputRecordReader: AnyObject {
    /// The next records; none when nothing is complete yet.
    ///
    /// Throws where the stream ends without its last record.
    func read(isolation actor: isolated (any Actor)?) async throws -> [OutputRecord]
}
