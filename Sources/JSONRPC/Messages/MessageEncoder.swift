import JSONText
package import NIOCore

/// Writes messages, compact and in the framing of the connection.
package struct MessageEncoder: Sendable {
    package var framing: Framing

    package init(framing: Framing = .newline) { self.framing = framing }

    /// Frames what `body` writes.
    package func frame(into out: inout ByteBuffer, _ body: (inout ByteBuffer) -> Void) {
        switch framing {
        case .newline:
            body(&out)
            out.writeInteger(UInt8(ascii: "\n"))
        case .header:
            var message = ByteBuffer()
            body(&message)
            out.writeString("Content-Length: \(message.readableBytes)\r\n\r\n")
            out.writeBuffer(&message)
        }
    }

    /// An answer with a result, without framing.
    package static func result(
        id: UnsafeBufferPointer<UInt8>,
        _ result: UnsafeBufferPointer<UInt8>,
        into out: inout ByteBuffer
    ) {
        out.writeStaticString(#"{"jsonrpc":"2.0","id":"#)
        out.writeBytes(id)
        out.writeStaticString(#","result":"#)
        writeOnOneLine(UnsafeRawBufferPointer(result), into: &out)
        out.writeInteger(UInt8(ascii: "}"))
    }

    /// An answer with a result, without framing.
    package static func result(id: RPCID, _ result: [UInt8], into out: inout ByteBuffer) {
        id.text.withUnsafeBufferPointer { id in
            result.withUnsafeBufferPointer { self.result(id: id, $0, into: &out) }
        }
    }

    /// An answer with an error, without framing; `null` stands for an id that is not known.
    package static func failure(id: some Sequence<UInt8>, _ error: RPCError, into out: inout ByteBuffer) {
        out.writeStaticString(#"{"jsonrpc":"2.0","id":"#)
        if out.writeBytes(id) == 0 { out.writeStaticString("null") }
        out.writeStaticString(#","error":"#)
        out.writeBytes(error.json.serialized())
        out.writeInteger(UInt8(ascii: "}"))
    }

    /// A request, without framing; a notification when there is no id.
    ///
    /// `params` is the text of an object, in pieces.
    package static func request(
        id: RPCID?,
        method: String,
        params: some Sequence<ByteBufferView>,
        into out: inout ByteBuffer
    ) {
        out.writeStaticString(#"{"jsonrpc":"2.0","#)
        if let id {
            out.writeStaticString(#""id":"#)
            out.writeBytes(id.text)
            out.writeInteger(UInt8(ascii: ","))
        }
        out.writeStaticString(#""method":"#)
        var name: [UInt8] = []
        name.appendJSON(method)
        out.writeBytes(name)
        out.writeStaticString(#","params":"#)
        for piece in params { piece.withUnsafeBytes { writeOnOneLine($0, into: &out) } }
        out.writeInteger(UInt8(ascii: "}"))
    }

    /// Line feeds stand only between the tokens of JSON text, where a space means the same.
    private static func writeOnOneLine(_ bytes: UnsafeRawBufferPointer, into out: inout ByteBuffer) {
        var rest = bytes
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            out.writeBytes(UnsafeRawBufferPointer(rebasing: rest[..<end]))
            out.writeInteger(UInt8(ascii: " "))
            rest = UnsafeRawBufferPointer(rebasing: rest[(end + 1)...])
        }
        out.writeBytes(rest)
    }
}
