import CLinux
import Foundation

/// How a child ended.
struct ProcessEnding: Equatable {
    /// The status it left with; `nil` when a signal ended it.
    var exitCode: Int?
    var signal: Int?

    /// Waits for the end of a child of ours and takes its number back.
    static func wait(for child: pid_t) -> ProcessEnding {
        var status: CInt = 0
        while waitpid(child, &status, 0) < 0 {
            // Somebody else has waited for it; that it ended is all there is to know.
            guard errno == EINTR else { return ProcessEnding(exitCode: 0) }
        }
        let signal = Int(status & 0x7F)
        return signal == 0 ? ProcessEnding(exitCode: Int((status >> 8) & 0xFF)) : ProcessEnding(signal: signal)
    }
}
