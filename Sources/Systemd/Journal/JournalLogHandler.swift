import CSystemd
import Glibc
package import Logging

/// Writes log entries to the journal with a field for each piece of metadata (sd_journal_sendv(3)).
package struct JournalLogHandler: LogHandler {
    package var logLevel: Logger.Level = .info
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    private let label: String

    package init(label: String, metadataProvider: Logger.MetadataProvider? = nil) {
        self.label = label
        self.metadataProvider = metadataProvider
    }

    /// Whether standard error goes to the journal, so that fields would say more than lines (systemd.exec(5)).
    ///
    /// `JOURNAL_STREAM` names the device and inode; a redirected standard error does not match them.
    package static var isJournalStandardError: Bool {
        guard let variable = getenv("JOURNAL_STREAM") else { return false }
        let numbers = String(cString: variable).split(separator: ":").map { UInt64($0) }
        var status = stat()
        guard numbers.count == 2, fstat(STDERR_FILENO, &status) == 0 else { return false }
        return numbers == [UInt64(status.st_dev), UInt64(status.st_ino)]
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var values = metadata
        if let provided = metadataProvider?.get() { values.merge(provided) { $1 } }
        if let own = event.metadata { values.merge(own) { $1 } }
        Self.send(
            JournalEntry(
                level: event.level,
                message: "\(event.message)",
                label: label,
                metadata: values.mapValues { "\($0)" },
                file: event.file,
                line: event.line,
                function: event.function
            )
        )
    }

    private static func send(_ entry: JournalEntry) {
        let fields = entry.fields.map { Array($0.utf8) }
        let bytes = fields.flatMap { $0 }
        bytes.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress else { return }
            var offset = 0
            let vectors = fields.map { field in
                defer { offset += field.count }
                return iovec(iov_base: UnsafeMutableRawPointer(mutating: base + offset), iov_len: field.count)
            }
            // A journal that cannot be reached leaves no better place to say so.
            _ = sd_journal_sendv(vectors, Int32(vectors.count))
        }
    }
}
