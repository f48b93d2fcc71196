import Foundation
package import NIOCore
import NIOPosix

/// What is put into a container or an image: entries of a tar archive in the POSIX format (`ustar`).
package struct TarEntry: Sendable, Equatable {
    package enum Content: Sendable, Equatable {
        case folder
        case bytes([UInt8])
        /// A file of the host, read while the archive is sent.
        case file(path: String, size: Int64)
        case link(to: String)
    }

    /// Relative to where the archive is unpacked.
    package var path: String
    package var content: Content
    package var mode: Int
    package var uid: Int
    package var gid: Int

    package init(_ path: String, _ content: Content, mode: Int, uid: Int = 0, gid: Int = 0) {
        self.path = path
        self.content = content
        self.mode = mode
        self.uid = uid
        self.gid = gid
    }

    var size: Int64 {
        switch content {
        case .folder, .link: 0
        case .bytes(let bytes): Int64(bytes.count)
        case .file(_, let size): size
        }
    }
}

/// The 512 bytes before an entry's content.
enum TarHeader {
    static let blockSize = 512

    /// - Throws: ``DockerError/badRequest(_:)`` for what the format has no room for.
    static func bytes(of entry: TarEntry) throws(DockerError) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: blockSize)
        var isTooLong = false
        func put(_ text: String, at offset: Int, _ room: Int) {
            let bytes = Array(text.utf8)
            if bytes.count > room {
                isTooLong = true
                return
            }
            block.replaceSubrange(offset..<(offset + bytes.count), with: bytes)
        }
        func put(octal value: Int64, at offset: Int, _ room: Int) {
            let digits = String(value, radix: 8)
            put(String(repeating: "0", count: max(0, room - 1 - digits.count)) + digits, at: offset, room - 1)
        }
        var path = entry.path
        if case .folder = entry.content, !path.hasSuffix("/") { path += "/" }
        put(path, at: 0, 100)
        put(octal: Int64(entry.mode), at: 100, 8)
        put(octal: Int64(entry.uid), at: 108, 8)
        put(octal: Int64(entry.gid), at: 116, 8)
        put(octal: entry.size, at: 124, 12)
        put(octal: 0, at: 136, 12)
        switch entry.content {
        case .folder: block[156] = UInt8(ascii: "5")
        case .bytes, .file: block[156] = UInt8(ascii: "0")
        case .link(let target):
            block[156] = UInt8(ascii: "2")
            put(target, at: 157, 100)
        }
        put("ustar", at: 257, 6)
        put("00", at: 263, 2)
        guard !isTooLong else { throw .badRequest("'\(entry.path)' does not fit into a tar archive.") }
        // The sum is made with spaces in its own place.
        block.replaceSubrange(148..<156, with: [UInt8](repeating: UInt8(ascii: " "), count: 8))
        put(octal: Int64(block.reduce(0) { $0 + Int($1) }), at: 148, 7)
        block[154] = 0
        return block
    }

    static func padding(after size: Int64) -> Int {
        let rest = Int(size % Int64(blockSize))
        return rest == 0 ? 0 : blockSize - rest
    }
}

/// The bytes of an archive, made while they are sent.
package struct TarArchive: AsyncSequence, Sendable {
    package typealias Element = ByteBuffer

    private let entries: [TarEntry]

    package init(_ entries: [TarEntry]) {
        self.entries = entries
    }

    package func makeAsyncIterator() -> Iterator { Iterator(entries: entries) }

    package struct Iterator: AsyncIteratorProtocol {
        fileprivate let entries: [TarEntry]
        private var index = 0
        private var open: (file: FileHandle, left: Int64, size: Int64)?
        private var isDone = false

        fileprivate init(entries: [TarEntry]) {
            self.entries = entries
        }

        /// - Throws: ``DockerError/badRequest(_:)`` for a file that cannot be read or is shorter than it was.
        package mutating func next() async throws -> ByteBuffer? {
            if let now = open {
                if now.left > 0 { return try await read(now) }
                open = nil
                let padding = TarHeader.padding(after: now.size)
                // An empty piece would end a body sent in chunks.
                if padding > 0 { return ByteBuffer(repeating: 0, count: padding) }
            }
            guard index < entries.count else {
                guard !isDone else { return nil }
                isDone = true
                return ByteBuffer(repeating: 0, count: 2 * TarHeader.blockSize)
            }
            let entry = entries[index]
            index += 1
            var buffer = ByteBuffer(bytes: try TarHeader.bytes(of: entry))
            switch entry.content {
            case .folder, .link: break
            case .bytes(let bytes):
                buffer.writeBytes(bytes)
                buffer.writeRepeatingByte(0, count: TarHeader.padding(after: entry.size))
            case .file(let path, let size):
                guard let file = FileHandle(forReadingAtPath: path) else {
                    throw DockerError.badRequest("'\(path)' cannot be read.")
                }
                open = (file, size, size)
            }
            return buffer
        }

        private mutating func read(_ now: (file: FileHandle, left: Int64, size: Int64)) async throws -> ByteBuffer {
            let wanted = Int(Swift.min(now.left, 1 << 20))
            let file = now.file
            let data = try await NIOThreadPool.singleton.runIfActive { try file.read(upToCount: wanted) }
            guard let data, !data.isEmpty else {
                throw DockerError.badRequest("A file became shorter while it was sent.")
            }
            open?.left -= Int64(data.count)
            return ByteBuffer(bytes: data)
        }
    }
}
