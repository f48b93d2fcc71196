import JSONText
import Logging
import OctobotAPI
import OctobotModel
import OctobotServer
import OctobotServices
import Synchronization

/// What was logged, line by line.
final class LogRecord: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    func logger(_ level: Logger.Level = .debug) -> Logger {
        Logger(label: "test") { _ in Handler(record: self, logLevel: level) }
    }

    private struct Handler: LogHandler {
        let record: LogRecord
        var logLevel: Logger.Level
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let metadata = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            let line = "\(event.level) \(event.message) " + metadata.joined(separator: " ")
            record.lines.withLock { $0.append(line) }
        }
    }
}

/// Notes what reached a service.
final class Notes: Sendable {
    private let notes = Mutex<[String]>([])

    var all: [String] { notes.withLock { $0 } }
    func add(_ note: String) { notes.withLock { $0.append(note) } }
}

/// A door that stays shut until it is opened.
final class Door: Sendable {
    private struct State {
        var isOpen = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    func pass() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    func open() {
        let waiting = state.withLock { state in
            defer { state.waiting = [] }
            state.isOpen = true
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}

extension OperationTable {
    /// A table that admits everybody, unless told otherwise.
    static func forTests(
        answerLimit: Int = 1 << 20,
        clock: any Clock<Duration> = ManualClock(),
        logger: Logger = Logger(label: "test"),
        authorize: @escaping Authorizer = { _, _, _ in }
    ) -> OperationTable {
        OperationTable(answerLimit: answerLimit, clock: clock, logger: logger, authorize: authorize)
    }

    /// A call with params as text.
    func call(
        _ name: String,
        _ params: String,
        unknownMembers: UnknownMembers = .refuse
    ) async -> Result<[UInt8], Fault> {
        await call(name, params: Array(params.utf8), call: .test, unknownMembers: unknownMembers)
    }
}

extension Call {
    static let test = Call(principal: .anonymous, requestID: "r1")
}

extension Result where Failure == Fault {
    var fault: Fault? {
        if case .failure(let fault) = self { fault } else { nil }
    }
}

extension Result where Success == [UInt8], Failure == Fault {
    var text: String? {
        if case .success(let bytes) = self { String(decoding: bytes, as: UTF8.self) } else { nil }
    }
}
