import Foundation

/// What a person types, line by line, handed to a dialogue.
struct TerminalLines: Sendable {
    /// Reads standard input on a thread of its own, for as long as the program runs: a read of a terminal cannot be
    /// given up.
    init(_ inbox: AsyncStream<ApprovalDialogue.Event>.Continuation) {
        Thread.detachNewThread {
            while let line = readLine() { inbox.yield(.line(line)) }
            inbox.yield(.endOfInput)
        }
    }

    /// Forgets what was typed before there was a question.
    func discardTyped() { tcflush(STDIN_FILENO, TCIFLUSH) }
}
