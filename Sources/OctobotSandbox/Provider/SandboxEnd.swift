/// What people are told of a sandbox that ended without having been asked to.
package enum SandboxEnd {
    /// Of one that ended in good order, at nobody's wish here.
    package static let stopped = "The sandbox was stopped, though not by octobotd."
    /// Of one that is not there any more.
    package static let removed = "The sandbox was removed, though not by octobotd."

    /// The cause on the first line, and below it the last lines the sandbox wrote, at most ten, when they say more.
    package static func message(_ cause: String, log: String) -> String {
        let lines = log.split(separator: "\n").suffix(10).map { $0.prefix(300) }
        guard let last = lines.last, lines.count > 1 || !cause.contains(last) else { return cause }
        return cause + "\n" + lines.joined(separator: "\n")
    }

    /// What an exit status means, 128 plus a signal's number for a program that was killed, and the last line of the log.
    package static func cause(status: Int32, log: String) -> String {
        let what =
            switch status {
            case 137: "was killed (status 137)"
            case 129...192: "was ended by signal \(status - 128) (status \(status))"
            default: "ended with status \(status)"
            }
        let last = log.split(separator: "\n").last.map { ": \($0.prefix(300))" }
        return "The sandbox \(what)\(last ?? ".")"
    }
}
