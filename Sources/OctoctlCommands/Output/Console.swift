import Foundation
import Synchronization

/// Standard output and standard error: data on the one, everything else on the other.
final class Console: Sendable {
    static let standard = Console(output: STDOUT_FILENO, errors: STDERR_FILENO, input: STDIN_FILENO)

    private let output: Int32
    private let errors: Int32
    let outputIsTerminal: Bool
    /// Whether a person can be asked: questions on standard error, answers from standard input.
    let isInteractive: Bool
    private let colorsOutput: Bool
    private let colorsErrors: Bool
    /// Both end in one place, so that a note must not land in the middle of a line of data.
    private let isShared: Bool
    /// Whether the last thing written to standard output was not the end of a line.
    private let isLineOpen = Mutex(false)

    /// - Parameter environment: Read for `NO_COLOR` (no-color.org) and `TERM`.
    init(
        output: Int32,
        errors: Int32,
        input: Int32,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) {
        self.output = output
        self.errors = errors
        outputIsTerminal = isatty(output) == 1
        let errorsAreTerminal = isatty(errors) == 1
        isInteractive = errorsAreTerminal && isatty(input) == 1
        isShared = Self.isSame(output, errors)
        let wantsColor = environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
        colorsOutput = outputIsTerminal && wantsColor
        colorsErrors = errorsAreTerminal && wantsColor
    }

    /// The columns of the terminal results are shown on; `nil` when they are not.
    var width: Int? {
        guard outputIsTerminal else { return nil }
        var size = winsize()
        guard ioctl(output, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }

    /// Writes a piece of a result.
    func write(_ text: String) { write(bytes: Array(text.utf8)) }

    /// Writes a piece of a result.
    func write(bytes: [UInt8]) {
        guard let last = bytes.last else { return }
        isLineOpen.withLock { isOpen in
            Self.write(bytes, to: output)
            isOpen = last != UInt8(ascii: "\n")
        }
    }

    /// Writes a piece of somebody else's errors to standard error, as it is.
    func writeErrors(_ bytes: [UInt8]) { isLineOpen.withLock { _ in Self.write(bytes, to: errors) } }

    /// Ends the line a result left open, unless a note did.
    func endLine() {
        if isLineOpen.withLock({ $0 }) { write("\n") }
    }

    /// Writes a line of a result.
    func line(_ text: String, _ style: Style = .plain) {
        write((colorsOutput ? style.applied(to: text) : text) + "\n")
    }

    /// Writes a line of a result.
    func line(bytes: [UInt8]) { write(bytes: bytes + [UInt8(ascii: "\n")]) }

    /// Writes lines of a result.
    func lines(_ lines: [String]) { write(lines.map { $0 + "\n" }.joined()) }

    /// Writes a line to standard error.
    func note(_ text: String, _ style: Style = .plain) {
        prompt(text, style, end: "\n")
    }

    /// Writes to standard error what an answer follows on the same line.
    func prompt(_ text: String, _ style: Style = .plain, end: String = " ") {
        let line = (colorsErrors ? style.applied(to: text) : text) + end
        isLineOpen.withLock { isOpen in
            if isOpen, isShared {
                Self.write([UInt8(ascii: "\n")], to: output)
                isOpen = false
            }
            Self.write(Array(line.utf8), to: errors)
        }
    }

    private static func isSame(_ first: Int32, _ second: Int32) -> Bool {
        var one = stat()
        var other = stat()
        guard fstat(first, &one) == 0, fstat(second, &other) == 0 else { return false }
        return one.st_dev == other.st_dev && one.st_ino == other.st_ino
    }

    /// Writes all of it; a reader that went away ends the program as SIGPIPE would.
    private static func write(_ bytes: [UInt8], to descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno == EPIPE {
                exit(141)
            } else if errno != EINTR, errno != EAGAIN {
                return
            }
        }
    }
}
