import Foundation

/// The end of a sandbox's log, for messages to people.
enum LogTail {
    /// The last lines, at most 20 and 4 KiB, without a final newline.
    static func lines(of path: String) -> String {
        guard let file = FileHandle(forReadingAtPath: path) else { return "" }
        defer { try? file.close() }
        let room: UInt64 = 4096
        // A log that cannot be read explains nothing, which is no reason to hide the failure it belongs to.
        guard let size = try? file.seekToEnd(), (try? file.seek(toOffset: size > room ? size - room : 0)) != nil,
            let data = try? file.read(upToCount: Int(room))
        else { return "" }
        var lines = String(decoding: data, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: true)
        // Begun in the middle.
        if size > room, lines.count > 1 { lines.removeFirst() }
        return lines.suffix(20).joined(separator: "\n")
    }
}
