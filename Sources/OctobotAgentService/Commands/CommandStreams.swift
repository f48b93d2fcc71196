import CLinux
import Foundation
import Synchronization

/// The pipes of a command.
final class CommandStreams: Sendable {
    /// Its ends: input, output, errors.
    let theirs: [CInt]
    /// Ours; the input is -1 when there is none.
    let input: CInt
    let output: CInt
    let errors: CInt
    private let open: Mutex<(theirs: Bool, input: Bool)>

    init(withInput: Bool) throws(HandRefusal) {
        var pipes: [[CInt]] = []
        for _ in 0..<(withInput ? 3 : 2) {
            var ends: [CInt] = [0, 0]
            guard pipe2(&ends, O_CLOEXEC) == 0 else { break }
            pipes.append(ends)
        }
        let quiet = withInput ? -1 : Foundation.open("/dev/null", O_RDONLY | O_CLOEXEC)
        guard pipes.count == (withInput ? 3 : 2), withInput || quiet >= 0 else {
            let code = errno
            for end in pipes.joined() { close(end) }
            if quiet >= 0 { close(quiet) }
            throw .exhausted("No pipes for the command: \(errnoText(code)).")
        }
        (output, errors) = (pipes[0][0], pipes[1][0])
        input = withInput ? pipes[2][1] : -1
        theirs = [withInput ? pipes[2][0] : quiet, pipes[0][1], pipes[1][1]]
        open = Mutex((theirs: true, input: withInput))
        // Only ours: how the program's ends behave is seen by the program.
        for end in [output, errors, input] where end >= 0 {
            _ = fcntl(end, F_SETFL, fcntl(end, F_GETFL) | O_NONBLOCK)
        }
    }

    deinit {
        closeTheirs()
        closeInput()
        for end in [output, errors] { close(end) }
    }

    /// Once the program has them.
    func closeTheirs() {
        let isFirst = open.withLock { open in
            defer { open.theirs = false }
            return open.theirs
        }
        if isFirst { for end in theirs { close(end) } }
    }

    /// The program reads the end of its input.
    func closeInput() {
        let isFirst = open.withLock { open in
            defer { open.input = false }
            return open.input
        }
        if isFirst { close(input) }
    }
}
