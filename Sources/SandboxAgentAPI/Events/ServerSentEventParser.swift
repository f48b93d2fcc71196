/// Splits the bytes of an event stream into events, whatever the size of the pieces they arrive in.
///
/// Follows the field rules of the HTML standard's event streams for `data` and `id`; comments and other fields are
/// skipped. Lines end with LF or CR LF.
package struct ServerSentEventParser: Sendable {
    /// One event.
    package struct Event: Sendable, Equatable {
        /// The value of its `id` field, when it had one.
        package var id: String?
        package var data: [UInt8]

        package init(id: String?, data: [UInt8]) {
            self.id = id
            self.data = data
        }

        /// Whether it is the `[DONE]` that ends a stream.
        package var isDone: Bool { data.elementsEqual(ServerSentEvents.done.utf8) }
    }

    /// An event was larger than the limit.
    package struct TooLarge: Error, Equatable {
        package var limit: Int
    }

    private let limit: Int
    private var line: [UInt8] = []
    private var id: String?
    private var data: [UInt8]?

    /// - Parameter limit: the largest event accepted, in bytes.
    package init(limit: Int = AgentLimit.event) {
        self.limit = limit
    }

    /// Takes the next bytes and gives the events they complete.
    package mutating func consume(_ bytes: some Sequence<UInt8>) throws(TooLarge) -> [Event] {
        var events: [Event] = []
        for byte in bytes {
            guard byte == 0x0A else {
                line.append(byte)
                continue
            }
            try check()
            if let event = endLine() { events.append(event) }
        }
        try check()
        return events
    }

    private func check() throws(TooLarge) {
        guard line.count + (data?.count ?? 0) <= limit else { throw TooLarge(limit: limit) }
    }

    private mutating func endLine() -> Event? {
        defer { line.removeAll(keepingCapacity: true) }
        if line.last == 0x0D { line.removeLast() }
        guard !line.isEmpty else {
            defer {
                id = nil
                data = nil
            }
            return data.map { Event(id: id, data: $0) }
        }
        let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
        var value = line[min(colon + 1, line.endIndex)...]
        if value.first == UInt8(ascii: " ") { value.removeFirst() }
        switch String(decoding: line[..<colon], as: UTF8.self) {
        case "data":
            data = data.map { $0 + [0x0A] + value } ?? Array(value)
        case "id":
            id = String(decoding: value, as: UTF8.self)
        default:
            break
        }
        return nil
    }
}
