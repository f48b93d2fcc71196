/// The calendar fields of a moment in the proleptic Gregorian calendar, computed in whole numbers.
///
/// Foundation's formatters go through seconds as `Double` and lose single milliseconds, so that a time would not survive
/// being written and read. Days are counted from 1 March, which puts the leap day last.
struct UTCTime {
    var year: Int64
    var month: Int64
    var day: Int64
    var millisecondOfDay: Int64

    private static let day: Int64 = 86_400_000
    /// Days from 1 March 0000 to 1 January 1970.
    private static let epoch: Int64 = 719_468

    init(milliseconds: Int64) {
        let days = milliseconds >= 0 ? milliseconds / Self.day : (milliseconds + 1) / Self.day - 1
        millisecondOfDay = milliseconds - days * Self.day
        let shifted = days + Self.epoch
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// ISO 8601 with milliseconds and `Z`.
    var text: [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(24)
        if year < 0 { text.append(UInt8(ascii: "-")) }
        Self.append(abs(year), digits: 4, to: &text)
        for (separator, value) in [("-", month), ("-", day)] as [(Unicode.Scalar, Int64)] {
            text.append(UInt8(ascii: separator))
            Self.append(value, digits: 2, to: &text)
        }
        let (hour, minute, second) = (
            millisecondOfDay / 3_600_000, millisecondOfDay / 60_000 % 60, millisecondOfDay / 1000 % 60
        )
        for (separator, value) in [("T", hour), (":", minute), (":", second)] as [(Unicode.Scalar, Int64)] {
            text.append(UInt8(ascii: separator))
            Self.append(value, digits: 2, to: &text)
        }
        text.append(UInt8(ascii: "."))
        Self.append(millisecondOfDay % 1000, digits: 3, to: &text)
        text.append(UInt8(ascii: "Z"))
        return text
    }

    private static func append(_ value: Int64, digits: Int, to text: inout [UInt8]) {
        var rest = value
        var reversed: [UInt8] = []
        while rest > 0 || reversed.count < digits {
            reversed.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        }
        text += reversed.reversed()
    }

    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - epoch
    }
}

extension UTCTime {
    /// The moment an RFC 3339 date-time names, in milliseconds since 1970; further fraction digits are dropped.
    static func milliseconds(reading text: String.UTF8View) -> Int64? {
        var reader = Reader(rest: text[...])
        guard let year = reader.number(4), reader.skip("-"), let month = reader.number(2), reader.skip("-"),
            let day = reader.number(2), reader.skip("T", "t", " "), let hour = reader.number(2), reader.skip(":"),
            let minute = reader.number(2), reader.skip(":"), let second = reader.number(2),
            (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second <= 60
        else { return nil }
        var fraction: Int64 = 0
        if reader.skip(".") {
            guard let digits = reader.fraction() else { return nil }
            fraction = digits
        }
        guard let offset = reader.offset(), reader.rest.isEmpty else { return nil }
        let dayNumber = days(year: year, month: month, day: day)
        // A day the month does not have comes out as one of the next month.
        guard UTCTime(milliseconds: dayNumber * Self.day).day == day else { return nil }
        let seconds = hour * 3600 + minute * 60 + second - offset * 60
        return dayNumber * Self.day + seconds * 1000 + fraction
    }

    private struct Reader {
        var rest: Substring.UTF8View

        mutating func digit() -> Int64? {
            guard let byte = rest.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            rest.removeFirst()
            return Int64(byte - UInt8(ascii: "0"))
        }

        mutating func number(_ digits: Int) -> Int64? {
            var value: Int64 = 0
            for _ in 0..<digits {
                guard let next = digit() else { return nil }
                value = value * 10 + next
            }
            return value
        }

        mutating func skip(_ separators: Unicode.Scalar...) -> Bool {
            guard let byte = rest.first, separators.contains(Unicode.Scalar(byte)) else { return false }
            rest.removeFirst()
            return true
        }

        /// One digit or more, of which three count.
        mutating func fraction() -> Int64? {
            guard var value = digit() else { return nil }
            for _ in 0..<2 { value = value * 10 + (digit() ?? 0) }
            while digit() != nil {}
            return value
        }

        /// Minutes east of Greenwich.
        mutating func offset() -> Int64? {
            if skip("Z", "z") { return 0 }
            let sign: Int64
            if skip("+") { sign = 1 } else if skip("-") { sign = -1 } else { return nil }
            guard let hours = number(2), skip(":"), let minutes = number(2), hours < 24, minutes < 60 else {
                return nil
            }
            return sign * (hours * 60 + minutes)
        }

    }
}
