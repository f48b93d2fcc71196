import Foundation

/// A secret from whoever runs the program: typed at a prompt that does not show it, or piped in; never an argument, which
/// every user of the machine can see.
struct SecretInput: Sendable {
    private static let limit = 64 << 10
    private let reader: InputReader
    private let console: Console

    init(console: Console) {
        reader = InputReader(STDIN_FILENO)
        self.console = console
    }

    /// Reads one secret: a line typed, or all that is piped in, white space around it left out.
    ///
    /// - Throws: ``Failure`` for none and for one that is too long; `CancellationError` for Control-C.
    func read(prompt: String) async throws -> String {
        let bytes: [UInt8]
        if let terminal = RawTerminal(STDIN_FILENO) {
            console.writeErrors(Array((prompt + ": ").utf8))
            defer {
                terminal.restore()
                console.writeErrors([UInt8(ascii: "\n")])
            }
            bytes = try await typed()
        } else {
            bytes = try await piped()
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Failure("The secret is not UTF-8 text.", status: .usage)
        }
        let secret = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !secret.isEmpty else {
            throw Failure("No secret was given.", hint: "Type it, or pipe it in.", status: .usage)
        }
        return secret
    }

    private func piped() async throws -> [UInt8] {
        var bytes: [UInt8] = []
        while let piece = try await reader.next() {
            bytes += piece
            try check(bytes)
        }
        return bytes
    }

    private func typed() async throws -> [UInt8] {
        var line = TypedLine()
        while let piece = try await reader.next() {
            for byte in piece {
                switch line.take(byte) {
                case .goesOn: break
                case .ended: return line.bytes
                case .cancelled: throw CancellationError()
                }
            }
            try check(line.bytes)
        }
        return line.bytes
    }

    private func check(_ bytes: [UInt8]) throws {
        guard bytes.count <= Self.limit else { throw Failure("The secret is too long.", status: .usage) }
    }
}

/// A line as it is typed at a terminal that only passes keys on.
struct TypedLine: Sendable, Equatable {
    enum State: Sendable, Equatable {
        case goesOn, ended, cancelled
    }

    private(set) var bytes: [UInt8] = []

    /// Takes one byte of the keyboard's.
    mutating func take(_ byte: UInt8) -> State {
        switch byte {
        case 0x0D, 0x0A: return .ended
        // Control-D
        case 0x04: return .ended
        // Control-C and Control-\
        case 0x03, 0x1C: return .cancelled
        // Control-U
        case 0x15: bytes = []
        // Backspace: the last character, all its bytes
        case 0x08, 0x7F:
            while let last = bytes.popLast(), last & 0xC0 == 0x80 {}
        default: bytes.append(byte)
        }
        return .goesOn
    }
}
