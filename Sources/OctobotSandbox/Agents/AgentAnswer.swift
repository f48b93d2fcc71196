import JSONText
import NIOCore

/// Reading of answers, which come from inside a sandbox and are not to be trusted.
enum AgentAnswer {
    /// Decodes a body once the scanner has accepted it (decision 49).
    static func decode<Value: Decodable>(
        _ type: Value.Type,
        from body: ByteBuffer
    ) throws(SandboxAgentError) -> Value {
        do {
            try JSONScanner.check(body.readableBytesView)
            return try JSONCoding.decode(type, from: body.readableBytesView)
        } catch {
            throw .invalidAnswer("\(type) expected")
        }
    }
}
