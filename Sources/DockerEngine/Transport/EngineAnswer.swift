import JSONText
import NIOCore

/// Reading of the engine's JSON.
enum EngineAnswer {
    /// Decodes a body.
    ///
    /// The scanner does not stand before it: the engine writes integers that no double holds (times in nanoseconds, "no
    /// limit"), and whoever speaks for it is root here anyway.
    static func decode<Value: Decodable>(_ type: Value.Type, from body: ByteBuffer) throws(DockerError) -> Value {
        do {
            return try JSONCoding.decode(type, from: body.readableBytesView)
        } catch {
            throw .invalidAnswer("\(type) expected: \(error)")
        }
    }
}
