import Foundation
import OctobotTestSupport

/// Very many subscribers of event streams on one thread, each checking what it gets, line by line.
///
/// Half of them read event streams over HTTP, half are subscriptions on the socket. Each leaves its connection a few times in
/// the middle of what comes, throws away what it had not looked at, and comes back with the last cursor it saw.
final class Crowd {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// What there is to read of one project: events 1 to `count`, which say `<project>/<number>`.
    struct Log: Sendable {
        var project: String
        var count: Int
    }

    private struct Member {
        let log: Log
        let isBrowser: Bool
        /// Where it leaves, the next one last.
        var exits: [Int]
        var position = 0
        var descriptor: Int32 = -1
        var pending: [UInt8] = []
        /// The `id:` of the frame that is being read.
        var frameID = ""
    }

    private let socketPath: String
    private let port: Int
    private var members: [Member] = []
    private var returns = 0
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)

    init(_ logs: [Log], each: Int, socketPath: String, port: Int, seed: UInt64) {
        self.socketPath = socketPath
        self.port = port
        var random = SeededGenerator(seed: seed)
        for log in logs {
            for number in 0..<each {
                let exits = (0..<3).map { _ in Int.random(in: 1..<log.count, using: &random) }
                members.append(
                    Member(log: log, isBrowser: number.isMultiple(of: 2), exits: Set(exits).sorted(by: >))
                )
            }
        }
    }

    /// Subscribes everybody; nobody reads yet.
    func subscribe() throws {
        for index in members.indices { try connect(index) }
    }

    /// Reads until everybody has everything.
    ///
    /// - Returns: How often somebody came back.
    /// - Throws: ``Failure`` for whatever is missing, double, foreign or late.
    func read(within limit: Duration) throws -> Int {
        let deadline = ContinuousClock.now + limit
        var waiting = members.indices.filter { members[$0].position < members[$0].log.count }
        while !waiting.isEmpty {
            guard ContinuousClock.now < deadline else {
                throw Failure(
                    description: "\(waiting.count) subscribers wait for events, \(describe(waiting[0])) for one"
                )
            }
            var polled = waiting.map { pollfd(fd: members[$0].descriptor, events: Int16(POLLIN), revents: 0) }
            guard poll(&polled, nfds_t(polled.count), 1000) >= 0 else { throw failure("poll") }
            for (place, index) in waiting.enumerated() where polled[place].revents != 0 { try take(index) }
            waiting.removeAll { members[$0].position >= members[$0].log.count }
        }
        return returns
    }

    func disconnect() {
        for index in members.indices where members[index].descriptor >= 0 { close(members[index].descriptor) }
    }

    private func take(_ index: Int) throws {
        let count = Foundation.read(members[index].descriptor, &buffer, buffer.count)
        guard count > 0 else { throw Failure(description: "\(describe(index)): the connection ended") }
        var start = 0
        while start < count, let feed = Self.lineFeed(buffer, start, count) {
            members[index].pending += buffer[start..<feed]
            start = feed + 1
            let line = String(decoding: members[index].pending, as: UTF8.self)
            members[index].pending.removeAll(keepingCapacity: true)
            try check(line, index)
            guard let exit = members[index].exits.last, members[index].position >= exit else { continue }
            members[index].exits.removeLast()
            close(members[index].descriptor)
            returns += 1
            return try connect(index)
        }
        if start < count { members[index].pending += buffer[start..<count] }
    }

    private static func lineFeed(_ bytes: [UInt8], _ start: Int, _ end: Int) -> Int? {
        bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return nil }
            return memchr(base + start, 0x0A, end - start).map { UnsafeRawPointer($0) - base }
        }
    }

    private func check(_ line: String, _ index: Int) throws {
        let member = members[index]
        if member.isBrowser, line.hasPrefix("id: ") {
            members[index].frameID = String(line.dropFirst(4))
            return
        }
        guard line.contains("workspaceId") else {
            if line.contains("\"error\"") || line.contains("\"gap\"") || line.contains("HTTP/1.1 4") {
                throw Failure(description: "\(describe(index)): \(line)")
            }
            return
        }
        let next = member.position + 1
        let cursor = "event.\(member.log.project):\(next)"
        let isNext =
            line.contains("\"workspaceId\":\"\(member.log.project)/\(next)\"") && line.contains("\"seq\":\(next),")
            && (member.isBrowser ? member.frameID == cursor : line.contains("\"cursor\":\"\(cursor)\""))
        guard isNext else { throw Failure(description: "\(describe(index)) got \(member.frameID) \(line)") }
        members[index].position = next
    }

    private func describe(_ index: Int) -> String {
        let member = members[index]
        let how = member.isBrowser ? "HTTP" : "socket"
        return "subscriber \(index) of \(member.log.project) over \(how) after \(member.position)"
    }

    private func connect(_ index: Int) throws {
        let member = members[index]
        let cursor = "event.\(member.log.project):\(member.position)"
        let request: String
        if member.isBrowser {
            members[index].descriptor = try LineSocket.descriptor(port: UInt16(port))
            request = """
                GET /api/projects/\(member.log.project)/events HTTP/1.1\r
                Host: 127.0.0.1:\(port)\r
                Last-Event-ID: \(cursor)\r
                \r

                """
        } else {
            members[index].descriptor = try LineSocket.descriptor(path: socketPath)
            request = """
                {"jsonrpc":"2.0","id":1,"method":"event.subscribe","params":{"projectId":"\(member.log.project)",\
                "from":{"type":"cursor","cursor":"\(cursor)"}}}

                """
        }
        members[index].pending.removeAll()
        let bytes = Array(request.utf8)
        guard write(members[index].descriptor, bytes, bytes.count) == bytes.count else { throw failure("write") }
    }

    private func failure(_ what: String) -> Failure {
        Failure(description: "\(what): \(String(cString: strerror(errno)))")
    }
}
