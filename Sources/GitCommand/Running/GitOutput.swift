/// What one run of git left behind.
package struct GitOutput: Sendable {
    /// The exit status; 128 plus the number for a signal.
    package var status: Int32
    package var bytes: [UInt8]
    /// Standard error, redacted.
    package var errors: String
    /// Whether output was cut at the invocation's limit.
    package var isTruncated: Bool

    /// Whether git ended with status zero.
    package var isSuccess: Bool { status == 0 }

    /// The output as text without the line break at its end.
    package var line: String {
        var text = String(decoding: bytes, as: UTF8.self)
        while text.last?.isNewline == true { text.removeLast() }
        return text
    }

    /// The fields of NUL-separated output.
    package var fields: [[UInt8]] { bytes.split(separator: 0, omittingEmptySubsequences: true).map(Array.init) }

    /// The first line of standard error that says something, without git's own prefix.
    package var complaint: String {
        let lines = errors.split(whereSeparator: \.isNewline)
        let telling = lines.first { $0.hasPrefix("error: ") || $0.hasPrefix("fatal: ") } ?? lines.first ?? ""
        return String(telling.trimmingPrefix(#/(error|fatal): /#))
    }
}
