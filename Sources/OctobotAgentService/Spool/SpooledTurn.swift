import Foundation
import JSONText
import UIMessageStream

/// One turn's file and the index of its lines.
struct SpooledTurn: Sendable {
    let id: String
    private(set) var modifiedAt = Date()
    private(set) var isFinished = false
    /// What would end the message now.
    private(set) var closer = StreamCloser()
    /// Bytes of the file.
    private(set) var size = 0
    /// How many chunks are stored elsewhere.
    private(set) var acknowledged = 0

    let file: TurnFile
    /// Where each chunk starts; chunk n is at `offsets[n - 1]`.
    private var offsets: [Int] = []
    private var lastSync = ContinuousClock.now
    private var isDirty = false

    /// How many chunks there are.
    var count: Int { offsets.count }

    /// Whether its first line was written whole: before that nobody was told that the turn exists.
    var isAccepted: Bool { size > 0 }

    /// Bytes of the chunks that are nowhere else.
    var pendingSize: Int { acknowledged < offsets.count ? size - offsets[acknowledged] : 0 }

    /// Notes that chunks up to `n` are stored elsewhere; true when that is all there will be.
    mutating func acknowledge(_ n: Int) -> Bool {
        acknowledged = max(acknowledged, min(n, count))
        return isSpent
    }

    /// Whether everything there is and will be is stored elsewhere: its file may be gone at any moment.
    var isSpent: Bool { isFinished && acknowledged == count }

    private init(path: String, id: String) throws {
        file = try TurnFile(path)
        self.id = id
    }

    /// Creates the file of an accepted turn and syncs it.
    init(creating path: String, id: String) throws {
        try self.init(path: path, id: id)
        let header: JSONValue = [
            "turn": .string(id), "acceptedAt": .integer(Int64(Date().timeIntervalSince1970 * 1000)),
        ]
        let line = header.serialized() + [0x0A]
        do {
            // An earlier try may have left its header.
            try file.truncate(to: 0)
            try file.append(line)
            try file.sync()
        } catch {
            try file.delete()
            throw error
        }
        size = line.count
    }

    /// Reads a file that an earlier process left; a half-written last line is cut off.
    init(recovering path: String) throws {
        try self.init(path: path, id: String(URL(filePath: path).lastPathComponent.dropLast(".turn".count)))
        let data = try Data(contentsOf: URL(filePath: path), options: .alwaysMapped)
        modifiedAt = (try FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date) ?? Date()
        var start = data.startIndex
        while let end = data[start...].firstIndex(of: 0x0A) {
            if start > data.startIndex {
                offsets.append(start)
                do {
                    note(try UIMessageChunk(parsing: data[start..<end]))
                } catch {
                    // A line we cannot read is delivered as it is; it just tells nothing about open parts.
                }
            }
            start = end + 1
        }
        size = start
        if start < data.endIndex { try file.truncate(to: start) }
    }

    private mutating func note(_ chunk: UIMessageChunk) {
        closer.observe(chunk)
        if case .finish = chunk { isFinished = true }
    }

    mutating func append(_ chunks: [UIMessageChunk]) throws {
        guard !isFinished else { return }
        var lines: [UInt8] = []
        var starts: [Int] = []
        for chunk in chunks {
            starts.append(size + lines.count)
            lines += chunk.bytes
            lines.append(0x0A)
        }
        try file.append(lines)
        for chunk in chunks { note(chunk) }
        offsets += starts
        size += lines.count
        modifiedAt = Date()
        isDirty = true
    }

    /// The file to sync, when chunks wait for it and the last time is a quarter of a second ago.
    mutating func takeSyncDue() -> TurnFile? {
        guard isDirty, lastSync.duration(to: .now) > .milliseconds(250) else { return nil }
        isDirty = false
        lastSync = .now
        return file
    }

    mutating func makeSyncDue() {
        lastSync = ContinuousClock.now - .seconds(1)
    }

    /// What to read for a page after chunk `n`, at most about a megabyte; reading needs no lock.
    func extent(after n: Int) -> Extent {
        let first = max(n, 0)
        guard first < offsets.count else { return Extent(first: first, starts: [], end: size, isLast: isFinished) }
        var last = first
        while last + 1 < offsets.count, offsets[last + 1] - offsets[first] < 1 << 20 { last += 1 }
        let end = last + 1 < offsets.count ? offsets[last + 1] : size
        return Extent(
            first: first,
            starts: Array(offsets[first...last]),
            end: end,
            isLast: isFinished && last + 1 == offsets.count
        )
    }

    /// A run of chunks in the file.
    struct Extent: Sendable {
        /// The number before the first chunk's.
        var first: Int
        var starts: [Int]
        var end: Int
        var isLast: Bool

        func read(_ file: TurnFile) throws -> Spool.Page {
            guard let origin = starts.first else { return Spool.Page(entries: [], isLast: isLast) }
            let bytes = try file.read(origin..<end)
            let entries = starts.indices.map { index in
                let next = index + 1 < starts.count ? starts[index + 1] : end
                return Spool.Page.Entry(
                    n: first + index + 1,
                    bytes: Array(bytes[(starts[index] - origin)..<(next - origin - 1)])
                )
            }
            return Spool.Page(entries: entries, isLast: isLast)
        }
    }
}
