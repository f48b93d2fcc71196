import Logging
import NIOCore
import NIOWebSocket
import OctobotModel
import OctobotServices

/// One shell behind one WebSocket: what the browser types goes in, what the shell prints goes out.
///
/// The next piece of output is read only when the browser has taken the one before, and the next message only when the
/// shell has; nothing is buffered for either. Whichever goes first takes the other with it.
struct TerminalSocket: Sendable {
    /// Why it is over.
    enum Ending: Sendable {
        case close(WebSocketClose)
        /// There is nobody to tell.
        case gone
    }

    let connection: WebSocketConnection.Channel
    let registry: StreamRegistry
    let pingInterval: Duration
    let logger: Logger

    /// Serves until one side goes.
    ///
    /// - Parameter open: Opens the shell; its ``Fault`` is told before the connection is closed.
    func run(_ open: @Sendable () async throws -> TerminalShell) async {
        registry.insert(connection.channel)
        defer { registry.remove(connection.channel) }
        do {
            try await connection.executeThenClose { inbound, outbound in
                let shell: TerminalShell
                do {
                    shell = try await open()
                } catch {
                    try await outbound.write(TerminalMessage.error(Self.text(of: error)))
                    return try await say(WebSocketClose(.unexpectedServerError, "no shell"), outbound)
                }
                await self.serve(shell, inbound, outbound)
            }
        } catch {
            logger.debug("terminal connection ended", metadata: ["error": "\(error)"])
        }
    }

    private func serve(
        _ shell: TerminalShell,
        _ inbound: NIOAsyncChannelInboundStream<WebSocketFrame>,
        _ outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>
    ) async {
        let typed = Handoff<TerminalMessage>()
        let pulse = Pulse()
        await withTaskGroup(of: Ending?.self) { group in
            group.addTask { await self.listen(inbound, outbound, typed, pulse) }
            group.addTask { await self.show(shell.output, outbound) }
            group.addTask { await self.ping(outbound, pulse) }
            group.addTask {
                await self.type(typed, into: shell, outbound)
                return nil
            }
            var ending = Ending.gone
            while let result = await group.next() {
                guard let result else { continue }
                ending = result
                break
            }
            // On a task that no cancellation reaches: the browser is gone, the shell must go too.
            let closing = Task { await self.end(shell) }
            typed.end()
            if case .close(let close) = ending {
                do {
                    try await say(close, outbound)
                    // What the client still sends is read to its end, or it would miss what was said.
                    try await connection.channel.closeFuture.get()
                } catch {
                    // It is gone already.
                }
            }
            group.cancelAll()
            await closing.value
        }
    }

    /// The last frame, and the end of what we send; the client has two seconds to take it.
    private func say(
        _ close: WebSocketClose,
        _ outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>
    ) async throws {
        let channel = connection.channel
        channel.eventLoop.scheduleTask(in: .seconds(2)) { channel.close(promise: nil) }
        try await outbound.write(close.frame)
        outbound.finish()
    }

    private func end(_ shell: TerminalShell) async {
        do {
            try await shell.close()
        } catch {
            // Without a viewer its holder closes it soon.
            logger.debug("shell not closed", metadata: ["error": "\(error)"])
        }
    }

    // MARK: From the browser

    private func listen(
        _ inbound: NIOAsyncChannelInboundStream<WebSocketFrame>,
        _ outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>,
        _ typed: Handoff<TerminalMessage>,
        _ pulse: Pulse
    ) async -> Ending {
        do {
            for try await frame in inbound {
                pulse.heard()
                switch frame.opcode {
                case .text:
                    let text = frame.unmaskedData.readableBytesView
                    guard String(validating: text, as: UTF8.self) != nil else {
                        return .close(WebSocketClose(.dataInconsistentWithMessage))
                    }
                    guard let message = try await message(in: text, outbound) else { continue }
                    _ = await pulse.whileDeaf { await typed.give(message) }
                case .ping:
                    try await outbound.write(WebSocketFrame(fin: true, opcode: .pong, data: frame.unmaskedData))
                case .connectionClose: return .close(WebSocketClose(answering: frame.unmaskedData))
                case .binary: return .close(WebSocketClose(.unacceptableData))
                default: break
                }
            }
            return registry.isEnding ? .close(WebSocketClose(.goingAway)) : .gone
        } catch {
            return WebSocketConnection.code(for: error).map { .close(WebSocketClose($0)) } ?? .gone
        }
    }

    /// The message of a frame; what is none is told, and the connection goes on.
    private func message(
        in text: ByteBufferView,
        _ outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>
    ) async throws -> TerminalMessage? {
        do {
            return try TerminalMessage(text)
        } catch {
            try await outbound.write(TerminalMessage.error("That message is no JSON: \(error)."))
            return nil
        }
    }

    private func type(
        _ typed: Handoff<TerminalMessage>,
        into shell: TerminalShell,
        _ outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>
    ) async {
        while let message = await typed.take() {
            do {
                switch message {
                case .input(let bytes): try await shell.write(bytes)
                case .resize(let rows, let cols): try await shell.resize(rows, cols)
                }
            } catch {
                do {
                    try await outbound.write(TerminalMessage.error(Self.text(of: error)))
                } catch {
                    return typed.end()
                }
            }
        }
    }

    // MARK: To the browser

    private func show(_ output: LogReader, _ outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>) async -> Ending? {
        do {
            while let element = try await output.next() {
                switch element {
                case .bytes(let piece): try await outbound.write(TerminalMessage.output(piece.bytes))
                case .gap:
                    try await outbound.write(TerminalMessage.output(Array("\r\n[output was skipped]\r\n".utf8)))
                case .exited: return .close(WebSocketClose(.normalClosure, "shell exited"))
                case .end(let reason, _): return .close(WebSocketClose(.unexpectedServerError, reason))
                case .entry, .snapshot, .synced: break
                }
            }
            return .close(WebSocketClose(.normalClosure, "shell exited"))
        } catch let fault as Fault where fault.kind != .cancelled {
            do {
                try await outbound.write(TerminalMessage.error(fault.message))
            } catch {
                return .gone
            }
            return .close(WebSocketClose(.unexpectedServerError, "the shell was lost"))
        } catch {
            // Cancelled, or nobody takes what is written: who listens says how it ends.
            return nil
        }
    }

    private func ping(_ outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>, _ pulse: Pulse) async -> Ending? {
        do {
            while true {
                try await Task.sleep(for: pingInterval)  // ok: a ping is due
                switch pulse.beat() {
                case .some(true): try await outbound.write(WebSocketFrame(fin: true, opcode: .ping, data: ByteBuffer()))
                case .some(false): break
                case nil: return .close(WebSocketClose(.unexpectedServerError, "no answer to pings"))
                }
            }
        } catch {
            return nil
        }
    }

    private static func text(of error: any Error) -> String {
        (error as? Fault)?.message ?? "The shell cannot be reached."
    }
}
