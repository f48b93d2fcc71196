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

    private let path: String
    /// Where each chunk starts; chunk n is at `offsets[n - 1]`.
    private var offsets: [Int] = []
    private var lastSync = ContinuousClock.now
    private var isDirty = false

    /// How many chunks there are.
    var count: Int { offsets.count }

    private init(path: String, id: String) {
        self.path = path
        self.id = id
    }

    /// Creates the file of an accepted turn and syncs it.
    init(creating path: String, id: String) throws {
        self.init(path: path, id: id)
        let header: JSONValue = ["turn": .string(id), "acceptedAt": .integer(Int64(Date().timeIntervalSince1970 * 1000))]
        let line = header.serialized() + [0x0A]
        try Self.write(line, toEndOf: path)
        size = line.count
    }

    /// Reads a file that an earlier process left; a half-written last line is cut off.
    init(recovering path: String) throws {
        self.init(path: path, id: String(URL(filePath: path).lastPathComponent.dropLast(".turn".count)))
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
        if start < data.endIndex, truncate(path, start) != 0 {
            throw Spool.Failure(description: "cannot repair \(path): \(errnoText())")
        }
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
        try Self.write(lines, toEndOf: path, sync: false)
        for chunk in chunks { note(chunk) }
        offsets += starts
        size += lines.count
        modifiedAt = Date()
        isDirty = true
    }

    /// A copy to sync, when chunks wait for it and the last time is a quarter of a second ago.
    mutating func takeSyncDue() -> SpooledTurn? {
        guard isDirty, lastSync.duration(to: .now) > .milliseconds(250) else { return nil }
        isDirty = false
        lastSync = .now
        return self
    }

    mutating func makeSyncDue() {
        lastSync = ContinuousClock.now - .seconds(1)
    }

    func sync() throws {
        try Self.write([], toEndOf: path)
    }

    func delete() throws {
        guard unlink(path) == 0 || errno == ENOENT else {
            throw Spool.Failure(description: "cannot delete \(path): \(errnoText())")
        }
    }

    func page(after n: Int) throws -> Spool.Page {
        let first = max(n, 0)
        guard first < offsets.count else { return Spool.Page(entries: [], isLast: isFinished) }
        var last = first
        while last + 1 < offsets.count, offsets[last + 1] - offsets[first] < 1 << 20 { last += 1 }
        let end = last + 1 < offsets.count ? offsets[last + 1] : size
        let bytes = try Self.read(path, offsets[first]..<end)
        let entries = (first...last).map { index in
            let from = offsets[index] - offsets[first]
            let to = (index + 1 < offsets.count ? offsets[index + 1] : size) - offsets[first] - 1
            return Spool.Page.Entry(n: index + 1, bytes: Array(bytes[from..<to]))
        }
        return Spool.Page(entries: entries, isLast: isFinished && last + 1 == offsets.count)
    }

    private static func read(_ path: String, _ range: Range<Int>) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Spool.Failure(description: "cannot open \(path): \(errnoText())") }
        defer { close(descriptor) }
        return try [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
            while count < range.count {
                let got = pread(
                    descriptor, buffer.baseAddress.map { $0 + count }, range.count - count,
                    off_t(range.lowerBound + count))
                if got < 0, errno == EINTR { continue }
                guard got > 0 else { throw Spool.Failure(description: "cannot read \(path): \(errnoText())") }
                count += got
            }
        }
    }

    static func write(_ bytes: [UInt8], toEndOf path: String, sync: Bool = true) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Spool.Failure(description: "cannot open \(path): \(errnoText())") }
        defer { close(descriptor) }
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Spool.Failure(description: "cannot write \(path): \(errnoText())") }
            written += count
        }
        guard !sync || fsync(descriptor) == 0 else {
            throw Spool.Failure(description: "cannot sync \(path): \(errnoText())")
        }
    }
}
