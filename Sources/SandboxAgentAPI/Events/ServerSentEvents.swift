/// Writing of Server-Sent Events as agent-api.md §1 and decision 29 fix them.
package enum ServerSentEvents {
    /// The data of the last event of a stream.
    package static let done = "[DONE]"
    /// A comment that keeps proxies from closing a quiet stream.
    package static let ping = Array(": ping\n\n".utf8)

    /// One event: `id: n` when given, and `data: ` with JSON on one line.
    package static func event(id: Int? = nil, data: some Collection<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(data.count + 32)
        if let id { bytes += Array("id: \(id)\n".utf8) }
        bytes += Array("data: ".utf8)
        bytes += data
        bytes += [0x0A, 0x0A]
        return bytes
    }

    /// The event that ends a stream.
    package static var end: [UInt8] { event(data: done.utf8) }
}
