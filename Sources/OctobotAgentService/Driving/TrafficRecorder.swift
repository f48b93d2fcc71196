import Foundation
import Glibc
import JSONText
import Synchronization

/// Keeps what goes between us and an agent's program, for tests that play it again and for people who look for a fault.
///
/// One file a turn, `<folder>/<turn>.ndjson`, of lines `{"from":"agent"|"octobot","line":"…"}` in the order they passed;
/// what passes before the first turn stands in `opening.ndjson`. Nothing depends on it: what cannot be written is lost.
final class TrafficRecorder: Sendable {
    enum Speaker: String, Sendable {
        case agent
        case octobot
    }

    private struct State {
        var file: FileHandle?
        var isOpened = false
        var name = "opening"
    }

    private let folder: String
    private let state = Mutex(State())

    init(folder: String) {
        self.folder = folder
    }

    /// What follows belongs to this turn.
    func begin(_ turn: String) {
        state.withLock { state in
            state.file = nil
            state.isOpened = false
            state.name = PromptMapper.safeName(turn)
        }
    }

    /// Keeps a line.
    func note(_ line: String, from speaker: Speaker) {
        let record: JSONValue = ["from": .string(speaker.rawValue), "line": .string(line)]
        state.withLock { state in
            if !state.isOpened {
                state.isOpened = true
                state.file = Self.open(folder, state.name)
            }
            do { try state.file?.write(contentsOf: Data(record.serialized() + [0x0A])) } catch { state.file = nil }
        }
    }

    private static func open(_ folder: String, _ name: String) -> FileHandle? {
        let path = "\(folder)/\(name).ndjson"
        do {
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            return nil
        }
        let descriptor = Glibc.open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        return descriptor < 0 ? nil : FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }
}

/// A recorder with the secrets of one process.
struct TrafficTap: Sendable {
    var recorder: TrafficRecorder
    var mask: SecretMask

    /// Passes everything on from one descriptor to another, on a thread of its own that closes both at the end.
    func pass(from source: CInt, to target: CInt, as speaker: TrafficRecorder.Speaker) {
        Thread.detachNewThread {
            var lines = TapLines()
            var buffer = [UInt8](repeating: 0, count: 64 << 10)
            while true {
                let count = read(source, &buffer, buffer.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                for line in lines.take(buffer[..<count]) { recorder.note(mask.apply(to: line), from: speaker) }
                guard Self.write(buffer[..<count], to: target) else { break }
            }
            close(source)
            close(target)
        }
    }

    private static func write(_ bytes: ArraySlice<UInt8>, to target: CInt) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(target, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}

/// Whole lines out of what passes.
private struct TapLines {
    private var partial: [UInt8] = []

    mutating func take(_ bytes: ArraySlice<UInt8>) -> [String] {
        var lines: [String] = []
        var rest = bytes
        while let end = rest.firstIndex(of: 0x0A) {
            lines.append(String(decoding: partial + rest[..<end], as: UTF8.self))
            partial = []
            rest = rest[rest.index(after: end)...]
        }
        partial += rest
        return lines
    }
}
