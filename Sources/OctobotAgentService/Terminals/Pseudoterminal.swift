import CLinux
import Foundation

/// Both ends of a pseudoterminal (pty(7)).
///
/// Our hold of the program's end keeps the other from reporting a hang-up whenever the program has it closed for a while.
final class Pseudoterminal: Sendable {
    /// What the terminal shows is read here, what is typed written; never blocks.
    let master: CInt
    /// The path of the program's end.
    let path: String
    private let terminal: CInt

    init(rows: Int, columns: Int) throws(HandRefusal) {
        var name = [CChar](repeating: 0, count: 128)
        var terminal: CInt = -1
        let master = clinux_open_pseudoterminal(&terminal, &name, name.count)
        guard master >= 0 else {
            throw .exhausted("No pseudoterminal can be opened in this sandbox: \(errnoText(-master)).")
        }
        self.master = master
        self.terminal = terminal
        path = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        // Erasing takes away whole characters.
        var settings = termios()
        if tcgetattr(terminal, &settings) == 0 {
            settings.c_iflag |= tcflag_t(IUTF8)
            tcsetattr(terminal, TCSANOW, &settings)
        }
        resize(rows: rows, columns: columns)
    }

    deinit {
        close(terminal)
        close(master)
    }

    /// Sets the size; programs in the foreground get SIGWINCH when it is another one.
    func resize(rows: Int, columns: Int) {
        var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(master, UInt(TIOCSWINSZ), &size)
    }

    /// Tells those in the foreground, and the leader's group, that the terminal is gone.
    func hangUp(leader: pid_t) {
        let foreground = tcgetpgrp(master)
        for group in Set([foreground, leader]) where group > 0 {
            _ = kill(-group, SIGHUP)
            // What is stopped would not see it.
            _ = kill(-group, SIGCONT)
        }
    }
}
