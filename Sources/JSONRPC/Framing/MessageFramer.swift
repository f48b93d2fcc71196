package import NIOCore

/// Cuts a byte stream into messages.
///
/// The first byte that is no white space decides the framing for the whole connection. Bytes stay in one buffer until
/// they are a message; what is longer than the limit is passed over without being kept.
///
/// A caller appends bytes and then asks for ``next()`` until it gives `nil`.
package struct MessageFramer: Sendable {
    package enum Event: Sendable, Equatable {
        /// One message, or in newline framing something that ought to be one.
        case message(ByteBuffer)
        /// A message over the limit; `head` is its beginning. The rest is passed over.
        case tooLong(head: ByteBuffer)
        /// The other side speaks another protocol; nothing more is read.
        case wrongProtocol(String)
    }

    private enum State {
        case undecided
        /// Waiting for the end of a line whose first `scanned` bytes hold none.
        case line(scanned: Int)
        case skippingLine
        case header(HeaderBlock)
        case body(Int)
        /// A body over the limit, whose head is not complete yet.
        case largeBody(Int)
        case skippingBody(Int)
        case refused
    }

    /// How much of a message over the limit is kept to look for its id.
    package static let headLength = 4096

    /// The framing, once it is decided.
    package private(set) var framing: Framing?

    private var state: State
    private var buffer = ByteBuffer()
    private let limit: Int

    /// - Parameters:
    ///   - limit: the most bytes a message may have.
    ///   - framing: the framing when it is agreed beforehand.
    package init(limit: Int, framing: Framing? = nil) {
        self.limit = limit
        self.framing = framing
        state =
            switch framing {
            case nil: .undecided
            case .newline: .line(scanned: 0)
            case .header: .header(HeaderBlock())
            }
    }

    package mutating func append(_ bytes: ByteBuffer) {
        if case .refused = state { return }
        if buffer.readableBytes == 0 {
            buffer = bytes
        } else {
            buffer.writeImmutableBuffer(bytes)
        }
    }

    /// What comes next, or `nil` when more bytes are needed.
    package mutating func next() -> Event? {
        while true {
            switch state {
            case .undecided:
                guard let byte = firstByte() else { return nil }
                switch byte {
                case UInt8(ascii: "{"), UInt8(ascii: "["):
                    framing = .newline
                    state = .line(scanned: 0)
                case UInt8(ascii: "C"), UInt8(ascii: "c"):
                    framing = .header
                    state = .header(HeaderBlock())
                default:
                    return refuse("a message begins with { or [, or with Content-Length")
                }
            case .line(let scanned):
                guard let event = line(scanned) else { return nil }
                return event
            case .skippingLine:
                guard let end = lineFeed(after: 0) else {
                    buffer.clear()
                    return nil
                }
                buffer.moveReaderIndex(forwardBy: end + 1)
                state = .line(scanned: 0)
            case .header(var block):
                guard let end = lineFeed(after: 0) else {
                    guard buffer.readableBytes <= HeaderBlock.longestLine else {
                        return refuse("a header line is longer than \(HeaderBlock.longestLine) bytes")
                    }
                    return nil
                }
                let content = buffer.readSlice(length: end) ?? ByteBuffer()
                buffer.moveReaderIndex(forwardBy: 1)
                switch block.take(content.readableBytesView) {
                case .more: state = .header(block)
                case .refused(let reason): return refuse(reason)
                case .body(let count) where count > limit: state = .largeBody(count)
                case .body(let count): state = .body(count)
                }
            case .body(let count):
                guard let message = buffer.readSlice(length: count) else { return nil }
                state = .header(HeaderBlock())
                return .message(message)
            case .largeBody(let count):
                let length = min(Self.headLength, count)
                guard let head = buffer.readSlice(length: length) else { return nil }
                state = .skippingBody(count - length)
                return .tooLong(head: Self.head(of: head))
            case .skippingBody(let count):
                let here = min(count, buffer.readableBytes)
                buffer.moveReaderIndex(forwardBy: here)
                guard here == count else {
                    state = .skippingBody(count - here)
                    return nil
                }
                state = .header(HeaderBlock())
            case .refused:
                return nil
            }
        }
    }

    /// The last message when the stream has ended without a line feed (`printf … | nc -U`).
    package mutating func finish() -> Event? {
        guard case .line = state, buffer.readableBytes > 0 else { return nil }
        let rest = buffer
        buffer.clear()
        state = .refused
        return isBlank(rest.readableBytesView) ? nil : .message(rest)
    }
}

extension MessageFramer {
    private mutating func firstByte() -> UInt8? {
        while let byte = buffer.getInteger(at: buffer.readerIndex, as: UInt8.self) {
            guard byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D else { return byte }
            buffer.moveReaderIndex(forwardBy: 1)
        }
        return nil
    }

    private mutating func line(_ scanned: Int) -> Event? {
        var scanned = scanned
        while let end = lineFeed(after: scanned) {
            let content = buffer.readSlice(length: end) ?? ByteBuffer()
            buffer.moveReaderIndex(forwardBy: 1)
            state = .line(scanned: 0)
            scanned = 0
            if end > limit { return .tooLong(head: Self.head(of: content)) }
            if !isBlank(content.readableBytesView) { return .message(content) }
        }
        guard buffer.readableBytes > limit else {
            state = .line(scanned: buffer.readableBytes)
            return nil
        }
        state = .skippingLine
        let head = Self.head(of: buffer)
        buffer.clear()
        return .tooLong(head: head)
    }

    private static func head(of content: ByteBuffer) -> ByteBuffer {
        // A copy, so that the message itself is not kept alive.
        ByteBuffer(bytes: content.readableBytesView.prefix(headLength))
    }

    private mutating func refuse(_ reason: String) -> Event {
        state = .refused
        buffer.clear()
        return .wrongProtocol(reason)
    }

    /// The distance of the next line feed, looked for from `start` on.
    private func lineFeed(after start: Int) -> Int? {
        let bytes = buffer.readableBytesView
        return bytes.dropFirst(start).firstIndex(of: UInt8(ascii: "\n")).map { $0 - bytes.startIndex }
    }

    private func isBlank(_ bytes: ByteBufferView) -> Bool {
        bytes.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
    }
}
