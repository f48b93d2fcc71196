import Foundation
import Synchronization

/// A terminal that passes on every key as it is pressed (termios(3)), until it is restored.
final class RawTerminal: Sendable {
    private let descriptor: Int32
    private let original: termios
    private let isRestored = Mutex(false)

    /// `nil` when the descriptor is no terminal.
    init?(_ descriptor: Int32) {
        var settings = termios()
        guard isatty(descriptor) == 1, tcgetattr(descriptor, &settings) == 0 else { return nil }
        self.descriptor = descriptor
        original = settings
        cfmakeraw(&settings)
        guard tcsetattr(descriptor, TCSADRAIN, &settings) == 0 else { return nil }
    }

    deinit { restore() }

    /// Makes the terminal what it was; again is no error.
    func restore() {
        isRestored.withLock { isRestored in
            guard !isRestored else { return }
            isRestored = true
            var settings = original
            // It cannot fail but for a terminal that is gone.
            _ = tcsetattr(descriptor, TCSADRAIN, &settings)
        }
    }
}

/// The size of a window, in characters.
struct WindowSize: Sendable, Equatable {
    var rows = 24
    var columns = 80

    /// That of the terminal this program runs on; 24 by 80 where it runs on none.
    static var current: WindowSize {
        for descriptor in [STDOUT_FILENO, STDIN_FILENO, STDERR_FILENO] {
            var size = winsize()
            guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0, size.ws_col > 0 else { continue }
            return WindowSize(rows: min(Int(size.ws_row), 1000), columns: min(Int(size.ws_col), 1000))
        }
        return WindowSize()
    }
}
