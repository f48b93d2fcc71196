import JSONText
import NIOCore
import NIOHTTP1
import NIOPosix

extension DockerClient {
    /// Starts a program and stays connected to it until `body` returns or throws.
    ///
    /// The program does not end with the connection: nothing in the API ends it, only a signal from inside the container.
    ///
    /// - Parameter hasTerminal: As in its ``ExecSpec``.
    /// - Throws: ``DockerError``, and what `body` throws.
    package func withExec<Result: Sendable>(
        _ id: String,
        hasTerminal: Bool,
        isolation: isolated (any Actor)? = #isolation,
        _ body: (ExecOutput, ExecInput) async throws -> Result
    ) async throws -> Result {
        let call = EngineCall(.POST, "/exec/\(try EngineCall.component(id))/start")
        let json = ByteBuffer(bytes: try JSONCoding.encode(["Detach": false, "Tty": hasTerminal]))
        let channel = try await hijack(call, json)
        do {
            return try await channel.executeThenClose { inbound, outbound in
                let output = ExecOutput(inbound, hasTerminal: hasTerminal, socket: socket)
                return try await body(output, ExecInput(outbound, socket: socket))
            }
        } catch let error as ChannelError {
            throw noted(DockerError(error, socket: socket))
        } catch let error as IOError {
            throw noted(DockerError(error, socket: socket))
        }
    }

    /// Opens a connection of its own and turns it into a stream.
    private func hijack(
        _ call: EngineCall,
        _ body: ByteBuffer
    ) async throws(DockerError) -> NIOAsyncChannel<ByteBuffer, ByteBuffer> {
        let version = try await version()
        let socket = socket
        do {
            return try await connection.within(call.limit, call.summary) {
                let head = HTTPRequestHead(
                    version: .http1_1,
                    method: call.method,
                    uri: call.target(version: version),
                    headers: [
                        "Host": "docker", "Connection": "Upgrade", "Upgrade": "tcp", "Content-Type": "application/json",
                        "Content-Length": String(body.readableBytes),
                    ]
                )
                let upgrade = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                    .channelOption(.allowRemoteHalfClosure, value: true)
                    .connect(unixDomainSocketPath: socket) { channel in
                        channel.eventLoop.makeCompletedFuture { try Hijack.configure(channel, head, body) }
                    }
                return try await withTaskCancellationHandler {
                    switch try await upgrade.result.get() {
                    case .stream(let stream): return stream
                    case .refused(let answer):
                        let refusal = try await answer.get()
                        throw EngineConnection.refusal(refusal.status, refusal.body)
                    }
                } onCancel: {
                    upgrade.channel.close(promise: nil)
                }
            }
        } catch {
            throw noted(error)
        }
    }
}
