import AgentClientProtocol
import JSONText
import NIOCore
import NIOPosix
import Synchronization

/// ACP over two descriptors: JSON-RPC 2.0, one message a line, in both directions (acp.md §2).
final class PipeLink: ACPLink {
    private enum Waiting {
        case call(CheckedContinuation<[UInt8], any Error>)
    }

    private struct State {
        var nextID: Int64 = 0
        var waiting: [Int64: CheckedContinuation<[UInt8], any Error>] = [:]
        var running: [String: Task<Void, Never>] = [:]
        var isClosed = false
    }

    private let state = Mutex(State())
    private let outbound: AsyncStream<[UInt8]>
    private let send: AsyncStream<[UInt8]>.Continuation
    private let input: CInt
    private let output: CInt
    private let onNoise: @Sendable (String) -> Void

    /// - Parameters:
    ///   - input: the descriptor messages are read from.
    ///   - output: the descriptor messages are written to.
    ///   - onNoise: told about lines that are no messages.
    init(input: CInt, output: CInt, onNoise: @escaping @Sendable (String) -> Void = { _ in }) {
        self.input = input
        self.output = output
        self.onNoise = onNoise
        (outbound, send) = AsyncStream.makeStream()
    }

    /// Reads and writes until the other side closes, or the task is cancelled.
    func run(_ receiver: some ACPReceiver) async {
        do {
            let channel = try await NIOPipeBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .channelOption(.allowRemoteHalfClosure, value: true)
                .takingOwnershipOfDescriptors(input: input, output: output) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                    }
                }
            try await channel.executeThenClose { inbound, writer in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { [outbound] in
                        for await bytes in outbound { try await writer.write(ByteBuffer(bytes: bytes)) }
                        throw CancellationError()
                    }
                    group.addTask { try await self.read(inbound, receiver) }
                    defer { group.cancelAll() }
                    _ = try await group.next()
                }
            }
        } catch {
            // The pipe broke or was closed; what follows is the same.
        }
        shutDown()
        await receiver.closed()
    }

    private func read(_ inbound: NIOAsyncChannelInboundStream<ByteBuffer>, _ receiver: some ACPReceiver) async throws {
        var line: [UInt8] = []
        for try await buffer in inbound {
            var rest = buffer.readableBytesView
            while let end = rest.firstIndex(of: 0x0A) {
                line += rest[..<end]
                await take(line, receiver)
                line.removeAll(keepingCapacity: line.count < 1 << 20)
                rest = rest[(end + 1)...]
            }
            line += rest
        }
    }

    private func take(_ line: [UInt8], _ receiver: some ACPReceiver) async {
        guard let message = try? JSONValue(parsing: line), message.objectValue != nil else {
            if !line.isEmpty { onNoise(String(decoding: line.prefix(200), as: UTF8.self)) }
            return
        }
        let params = (message["params"] ?? [:]).serialized()
        switch (message["method"]?.stringValue, message["id"]) {
        case (let method?, let id?):
            let key = String(decoding: id.serialized(), as: UTF8.self)
            let task = Task {
                let answer: JSONValue
                do throws(ACPError) {
                    let result = try await receiver.answer(method, params: params)
                    answer = ["jsonrpc": "2.0", "id": id, "result": (try? JSONValue(parsing: result)) ?? .null]
                } catch {
                    var body: [String: JSONValue] = [
                        "code": .integer(Int64(error.code)), "message": .string(error.message),
                    ]
                    body["data"] = error.data
                    answer = ["jsonrpc": "2.0", "id": id, "error": .object(body)]
                }
                _ = self.state.withLock { $0.running.removeValue(forKey: key) }
                self.send.yield(answer.serialized() + [0x0A])
            }
            state.withLock { $0.running[key] = task }
        case (let method?, nil):
            if method == ACPMethod.cancelRequest {
                let id = (try? JSONValue(parsing: params))?["requestId"] ?? .null
                let key = String(decoding: id.serialized(), as: UTF8.self)
                state.withLock { $0.running[key] }?.cancel()
            } else {
                await receiver.notified(method, params: params)
            }
        case (nil, let id?):
            guard let number = id.integerValue, let waiter = state.withLock({ $0.waiting.removeValue(forKey: number) })
            else { return }
            if let error = message["error"] {
                waiter.resume(
                    throwing: ACPError(
                        code: Int(error["code"]?.integerValue ?? 0), message: error["message"]?.stringValue ?? "Error",
                        data: error["data"]))
            } else {
                waiter.resume(returning: (message["result"] ?? .null).serialized())
            }
        case (nil, nil):
            onNoise(String(decoding: line.prefix(200), as: UTF8.self))
        }
    }

    func call(_ method: String, params: [UInt8]) async throws -> [UInt8] {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let refusal: (any Error)? = state.withLock { state in
                    if Task.isCancelled { return CancellationError() }
                    if state.isClosed { return ACPClosed() }
                    state.waiting[id] = continuation
                    return nil
                }
                if let refusal { return continuation.resume(throwing: refusal) }
                send.yield(Self.message(method, id: id, params: params))
            }
        } onCancel: {
            guard let waiter = state.withLock({ $0.waiting.removeValue(forKey: id) }) else { return }
            waiter.resume(throwing: CancellationError())
            let params = JSONValue.object(["requestId": .integer(id)]).serialized()
            send.yield(Self.message(ACPMethod.cancelRequest, id: nil, params: params))
        }
    }

    func notify(_ method: String, params: [UInt8]) async throws {
        guard !state.withLock({ $0.isClosed }) else { throw ACPClosed() }
        send.yield(Self.message(method, id: nil, params: params))
    }

    private static func message(_ method: String, id: Int64?, params: [UInt8]) -> [UInt8] {
        var bytes = Array(#"{"jsonrpc":"2.0","#.utf8)
        if let id { bytes += Array("\"id\":\(id),".utf8) }
        bytes += Array("\"method\":\"\(method)\",\"params\":".utf8)
        return bytes + params + Array("}\n".utf8)
    }

    /// Closes our side; ``run(_:)`` then returns.
    func close() {
        send.finish()
    }

    private func shutDown() {
        send.finish()
        let (waiting, running) = state.withLock { state in
            defer {
                state.waiting = [:]
                state.isClosed = true
            }
            return (state.waiting.values, state.running.values)
        }
        for waiter in waiting { waiter.resume(throwing: ACPClosed()) }
        for task in running { task.cancel() }
    }
}
