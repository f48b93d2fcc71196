import NIOCore

/// One frame of an event stream (HTML Standard, §9.2.6).
enum EventFrame {
    /// - Parameter data: The bytes of a JSON text; line breaks in it become further `data:` lines.
    static func make(id: String? = nil, event: String? = nil, data: [UInt8]) -> ByteBuffer {
        var frame = ByteBufferAllocator().buffer(capacity: data.count + 96)
        if let id { frame.writeString("id: \(id)\n") }
        if let event { frame.writeString("event: \(event)\n") }
        frame.writeStaticString("data: ")
        if data.contains(where: { $0 == 10 || $0 == 13 }) {
            let lines = data.split(omittingEmptySubsequences: false) { $0 == 10 || $0 == 13 }
            for (number, line) in lines.enumerated() {
                if number > 0 { frame.writeStaticString("\ndata: ") }
                frame.writeBytes(line)
            }
        } else {
            frame.writeBytes(data)
        }
        frame.writeStaticString("\n\n")
        return frame
    }

    /// The end of a chat stream.
    static let done = make(data: Array("[DONE]".utf8))
}
