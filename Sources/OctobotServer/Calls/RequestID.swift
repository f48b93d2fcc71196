/// Names one call in every log line and error it causes.
package enum RequestID {
    /// Sixteen hexadecimal digits.
    package static func make() -> String {
        let digits = String(UInt64.random(in: 0...UInt64.max), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
