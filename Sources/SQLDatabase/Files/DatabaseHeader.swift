/// The first 100 bytes of a SQLite file (SQLite file format §1.3).
struct DatabaseHeader {
    static let size = 100
    private static let magic = Array("SQLite format 3\0".utf8)
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// - Parameter hasLog: Whether a write-ahead log lies beside the file; it may hold pages the file lacks.
    /// - Throws: kind `foreign` for a file of somebody else, `corrupt` for a damaged one of ours.
    func check(path: String, applicationID: Int32, size: Int, hasLog: Bool) throws(SQLDatabaseError) {
        guard bytes.count == Self.size, bytes.starts(with: Self.magic) else {
            throw SQLDatabaseError(.foreign, "\(path) is not a SQLite database; it was left untouched.")
        }
        guard Int32(bitPattern: UInt32(integer(at: 68, 4))) == applicationID else {
            throw SQLDatabaseError(.foreign, "\(path) is a database of another program; it was left untouched.")
        }
        guard hasSoundLayout, hasLog || size >= minimumSize else {
            throw SQLDatabaseError(
                .corrupt,
                "\(path) is damaged (its header or length is wrong); it was left untouched."
            )
        }
    }

    private var pageSize: Int {
        let stored = integer(at: 16, 2)
        return stored == 1 ? 65536 : stored
    }

    private var hasSoundLayout: Bool {
        pageSize >= 512 && pageSize & (pageSize - 1) == 0 && bytes[21...23].elementsEqual([64, 32, 32])
    }

    /// The length the header promises; its page count holds only when it was written with the last change.
    private var minimumSize: Int {
        let isCountValid = integer(at: 24, 4) == integer(at: 92, 4)
        return isCountValid ? max(1, integer(at: 28, 4)) * pageSize : pageSize
    }

    /// A big-endian number.
    private func integer(at offset: Int, _ length: Int) -> Int {
        bytes[offset..<offset + length].reduce(0) { $0 << 8 | Int($1) }
    }
}
