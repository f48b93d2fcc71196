/// The calls that are open on a connection: which may start, which wait, which are cancelled (rpc.md §3, §4, §8).
///
/// A call is open from the moment it was read until its answer is written. Calls with the same order key run one after
/// the other in the order they came; beyond the running limit calls wait.
package struct CallLedger<Handle> {
    package enum Admission {
        case start
        case wait
        case refused(RPCError)
    }

    package enum Cancellation {
        /// No such call is open.
        case unknown
        /// It had not started and is no longer open: the caller answers it, and starts the calls that came free.
        case withdrawn(Handle, startable: [RPCID])
        /// It runs; its task is to be cancelled and will answer.
        case running(Handle)
    }

    fileprivate struct Record {
        var handle: Handle
        var key: String?
        var outlivesConnection: Bool
        var isRunning = false
    }

    private let openLimit: Int
    private let runningLimit: Int
    private var records: [RPCID: Record] = [:]
    /// Calls that could start were it not for the running limit.
    private var ready: [RPCID] = []
    /// The open calls of each order key, the running one first.
    private var queues: [String: [RPCID]] = [:]
    private var running = 0

    package init(openLimit: Int = 256, runningLimit: Int = 64) {
        self.openLimit = openLimit
        self.runningLimit = runningLimit
    }

    package var isEmpty: Bool { records.isEmpty }
    package var count: Int { records.count }

    package func contains(_ id: RPCID) -> Bool { records[id] != nil }

    /// Opens a call.
    package mutating func admit(
        _ id: RPCID,
        _ handle: Handle,
        key: String? = nil,
        outlivesConnection: Bool = false
    ) -> Admission {
        guard records[id] == nil else {
            return .refused(.invalidRequest("A call with the id \(id) is open on this connection already."))
        }
        guard records.count < openLimit else { return .refused(.overloaded(limit: openLimit)) }
        var record = Record(handle: handle, key: key, outlivesConnection: outlivesConnection)
        var mayStart = true
        if let key {
            mayStart = queues[key] == nil
            queues[key, default: []].append(id)
        }
        if mayStart, running < runningLimit {
            running += 1
            record.isRunning = true
            records[id] = record
            return .start
        }
        records[id] = record
        if mayStart { ready.append(id) }
        return .wait
    }

    /// What the caller keeps with an open call.
    package subscript(id: RPCID) -> Handle? {
        get { records[id]?.handle }
        set {
            guard let newValue else { return }
            records[id]?.handle = newValue
        }
    }

    /// Closes a call that ran and names those that start now.
    package mutating func finish(_ id: RPCID) -> [RPCID] {
        guard let record = records.removeValue(forKey: id) else { return [] }
        if record.isRunning { running -= 1 }
        leaveQueue(id, record.key)
        return startReady()
    }

    package mutating func cancel(_ id: RPCID) -> Cancellation {
        guard let record = records[id] else { return .unknown }
        if record.isRunning { return .running(record.handle) }
        records[id] = nil
        ready.removeAll { $0 == id }
        leaveQueue(id, record.key)
        return .withdrawn(record.handle, startable: startReady())
    }

    /// Drops what waits and gives the running calls that end with their connection.
    ///
    /// - Parameter all: whether calls that outlive their connection are given as well.
    package mutating func abandon(all: Bool = false) -> (running: [Handle], withdrawn: [(RPCID, Handle)]) {
        var running: [Handle] = []
        var withdrawn: [(RPCID, Handle)] = []
        for (id, record) in records {
            if !record.isRunning {
                withdrawn.append((id, record.handle))
            } else if all || !record.outlivesConnection {
                running.append(record.handle)
            }
        }
        for (id, _) in withdrawn {
            if let record = records.removeValue(forKey: id) { leaveQueue(id, record.key) }
        }
        ready = []
        return (running, withdrawn)
    }

    private mutating func leaveQueue(_ id: RPCID, _ key: String?) {
        guard let key, var queue = queues[key], let index = queue.firstIndex(of: id) else { return }
        queue.remove(at: index)
        queues[key] = queue.isEmpty ? nil : queue
        if index == 0, let next = queue.first { ready.append(next) }
    }

    private mutating func startReady() -> [RPCID] {
        var started: [RPCID] = []
        while running < runningLimit, !ready.isEmpty {
            let id = ready.removeFirst()
            guard records[id]?.isRunning == false else { continue }
            records[id]?.isRunning = true
            running += 1
            started.append(id)
        }
        return started
    }
}

extension CallLedger: Sendable where Handle: Sendable {}
extension CallLedger.Record: Sendable where Handle: Sendable {}
