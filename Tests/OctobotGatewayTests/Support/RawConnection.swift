import NIOCore
import NIOPosix

/// A TCP client that sends what it is told, byte for byte, and reads answers without helping.
struct RawConnection {
    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    /// For what is sent while something is read.
    let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var received: [UInt8] = []

    struct Ended: Error {}

    struct Answer {
        var status: Int
        var fields: [(name: String, value: String)]
        var body: String

        subscript(name: String) -> String? { fields.first { $0.name == name.lowercased() }?.value }
    }

    static func with<Result: Sendable>(
        port: Int,
        receiveBuffer: Int? = nil,
        _ body: (inout RawConnection) async throws -> Result
    ) async throws -> Result {
        var bootstrap = ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(.allowRemoteHalfClosure, value: true)
        if let receiveBuffer {
            bootstrap = bootstrap.channelOption(.socketOption(.so_rcvbuf), value: receiveBuffer)
        }
        let channel = try await bootstrap.connect(host: "127.0.0.1", port: port) { channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                    wrappingChannelSynchronously: channel,
                    configuration: .init(isOutboundHalfClosureEnabled: true)
                )
            }
        }
        return try await channel.executeThenClose { inbound, outbound in
            var connection = RawConnection(inbound: inbound.makeAsyncIterator(), outbound: outbound)
            return try await body(&connection)
        }
    }

    private init(
        inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator,
        outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) {
        self.inbound = inbound
        self.outbound = outbound
    }

    func send(_ text: String) async throws { try await outbound.write(ByteBuffer(string: text)) }

    func send(_ bytes: [UInt8]) async throws { try await outbound.write(ByteBuffer(bytes: bytes)) }

    func finishSending() { outbound.finish() }

    /// One answer: its head and, unless it belongs to a HEAD request, its body.
    mutating func answer(hasBody: Bool = true) async throws -> Answer {
        var answer = try await head()
        guard hasBody, answer.status != 204, answer.status != 100 else { return answer }
        if let length = answer["content-length"].flatMap(Int.init) {
            answer.body = String(decoding: try await take(length), as: UTF8.self)
        } else {
            while let chunk = try await chunk() { answer.body += chunk }
        }
        return answer
    }

    mutating func head() async throws -> Answer {
        let lines = try await take(through: "\r\n\r\n").split(separator: "\r\n")
        let status = lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        let fields = lines.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            return (
                name: parts[0].lowercased(), value: parts.count > 1 ? String(parts[1].drop { $0 == " " }) : ""
            )
        }
        return Answer(status: status, fields: fields, body: "")
    }

    /// One chunk of a body without a length; `nil` for the last.
    mutating func chunk() async throws -> String? {
        let size = Int(try await take(through: "\r\n").dropLast(), radix: 16) ?? 0
        let bytes = try await take(size)
        _ = try await take(2)
        return size == 0 ? nil : String(decoding: bytes, as: UTF8.self)
    }

    /// Whatever comes until the other side ends.
    mutating func rest() async throws -> String {
        while try await receive() {}
        defer { received = [] }
        return String(decoding: received, as: UTF8.self)
    }

    mutating func take(_ count: Int) async throws -> [UInt8] {
        while received.count < count { guard try await receive() else { throw Ended() } }
        defer { received.removeFirst(count) }
        return Array(received.prefix(count))
    }

    private mutating func take(through end: String) async throws -> String {
        let end = Array(end.utf8)
        var searched = 0
        while true {
            while searched + end.count <= received.count {
                if received[searched..<(searched + end.count)].elementsEqual(end) {
                    return String(decoding: try await take(searched + end.count), as: UTF8.self)
                }
                searched += 1
            }
            guard try await receive() else { throw Ended() }
        }
    }

    private mutating func receive() async throws -> Bool {
        guard let buffer = try await inbound.next(isolation: #isolation) else { return false }
        received.append(contentsOf: buffer.readableBytesView)
        return true
    }
}
