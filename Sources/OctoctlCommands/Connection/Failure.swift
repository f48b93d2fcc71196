import JSONText
import OctobotClient
import OctobotModel

/// Why a command ends without success: what people read, and the exit status programs read (rpc.md §7).
struct Failure: Error, Sendable, Equatable {
    /// Exit statuses that are not those of a fault.
    struct Status: RawRepresentable, Sendable, Equatable {
        var rawValue: Int32

        /// The agent's work or a job failed.
        static let workFailed = Status(rawValue: 1)
        static let notFound = Status(rawValue: 3)
        /// Something is in a state that does not admit what was asked.
        static let conflict = Status(rawValue: 4)
        /// It took too long, or nobody knows what became of it.
        static let undecided = Status(rawValue: 5)
        static let usage = Status(rawValue: 64)
        /// The daemon or a part it needs is not there.
        static let unavailable = Status(rawValue: 69)
        static let configuration = Status(rawValue: 78)
        static let cancelled = Status(rawValue: 130)
    }

    var message: String
    var hint: String?
    /// A line of facts for those who look into it.
    var detail: String?
    var status: Int32

    init(_ message: String, hint: String? = nil, status: Status) {
        self.message = message
        self.hint = hint
        self.status = status.rawValue
    }

    /// What an error means to the person at the terminal; `nil` for those of the command line itself.
    init?(_ error: any Error) {
        switch error {
        case let failure as Failure:
            self = failure
        case let refusal as Refusal:
            message = refusal.fault.message
            hint = refusal.fault.hint
            detail = Self.detail(of: refusal)
            status = refusal.exitStatus
        case let error as ClientError:
            message = error.description
            hint = error.hint
            status = error.exitStatus
        case is CancellationError:
            message = "Cancelled."
            status = Status.cancelled.rawValue
        default:
            return nil
        }
    }

    private static func detail(of refusal: Refusal) -> String? {
        let details = refusal.fault.details
        var facts: [String] = []
        if let pointer = details["pointer"]?.stringValue, !pointer.isEmpty { facts.append("at \(pointer)") }
        if let expected = details["expected"]?.stringValue { facts.append("expected: \(expected)") }
        if let got = details["got"]?.stringValue { facts.append("got: \(got)") }
        if let suggestions = details["suggestions"]?.arrayValue?.compactMap(\.stringValue), !suggestions.isEmpty {
            facts.append("did you mean: \(suggestions.joined(separator: ", "))?")
        }
        if let by = details["answeredBy"]?.stringValue, let answers = details["answers"]?.objectValue {
            facts.append("\(by): \(answers.values.compactMap(\.stringValue).joined(separator: ", "))")
        }
        if refusal.fault.kind == .internalError, let id = refusal.requestID { facts.append("request \(id)") }
        return facts.isEmpty ? nil : facts.joined(separator: "; ")
    }

    /// What is written to standard error.
    var lines: [(text: String, style: Style)] {
        var lines: [(String, Style)] = [("octoctl: " + TerminalText.sanitized(message), .red)]
        if let detail { lines.append(("  " + TerminalText.sanitized(detail), .plain)) }
        if let hint { lines.append(("  → " + TerminalText.sanitized(hint), .plain)) }
        return lines
    }
}
