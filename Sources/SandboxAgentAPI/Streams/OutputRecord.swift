/// One record of an output stream, `application/vnd.octobot.records`.
///
/// On the wire: kind (1 byte), position (8 bytes), length of the payload (4 bytes), payload; numbers are big-endian.
package struct OutputRecord: Sendable, Equatable {
    package enum Kind: UInt8, Sendable {
        /// Nothing: sent every 15 s of quiet, so that a dead peer is noticed.
        case quiet = 0
        /// Output of a terminal or standard output of a command.
        case output = 1
        /// Standard error of a command.
        case errors = 2
        /// Output before `position` is no longer kept.
        case gap = 3
        /// The last record: ``TerminalEnd`` or ``CommandEnd`` as JSON.
        case end = 4
    }

    package var kind: Kind
    /// Where the payload begins in the stream of its kind, counted from 0.
    package var position: UInt64
    package var payload: [UInt8]

    package init(_ kind: Kind, position: UInt64, payload: [UInt8] = []) {
        self.kind = kind
        self.position = position
        self.payload = payload
    }

    package static let contentType = "application/vnd.octobot.records"
    /// The largest payload of one record, in bytes.
    package static let largestPayload = 64 << 10
    package static let headLength = 13

    /// Writes the record as it goes over the wire.
    package func append(to bytes: inout [UInt8]) {
        bytes.append(kind.rawValue)
        for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: position >> shift)) }
        let length = UInt32(payload.count)
        for shift in stride(from: 24, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: length >> shift)) }
        bytes += payload
    }
}

/// Cuts a stream of bytes into records, however it arrives.
package struct OutputRecordParser: Sendable {
    /// The bytes are no records.
    package struct Malformed: Error, Equatable {
        package init() {}
    }

    private var pending: [UInt8] = []

    package init() {}

    package mutating func consume(_ bytes: some Sequence<UInt8>) throws(Malformed) -> [OutputRecord] {
        pending += bytes
        var records: [OutputRecord] = []
        var start = 0
        while pending.count - start >= OutputRecord.headLength {
            guard let kind = OutputRecord.Kind(rawValue: pending[start]) else { throw Malformed() }
            let position = pending[(start + 1)..<(start + 9)].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            let length = pending[(start + 9)..<(start + 13)].reduce(0) { $0 << 8 | Int($1) }
            guard length <= OutputRecord.largestPayload else { throw Malformed() }
            let end = start + OutputRecord.headLength + length
            guard end <= pending.count else { break }
            let payload = Array(pending[(start + OutputRecord.headLength)..<end])
            records.append(OutputRecord(kind, position: position, payload: payload))
            start = end
        }
        pending.removeFirst(start)
        return records
    }
}
