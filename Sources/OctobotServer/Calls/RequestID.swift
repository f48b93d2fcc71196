import Synchronization

/// Names one call in every log line and error it causes.
package enum RequestID {
    private static let origin = UInt64.random(in: 0...UInt64.max)
    private static let count = Atomic<UInt64>(0)

    /// Sixteen hexadecimal digits, each time others: nothing is protected by them, so the system is not asked for chance.
    package static func make() -> String {
        // SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators), which repeats nothing.
        var z = origin &+ count.wrappingAdd(1, ordering: .relaxed).newValue &* 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        z ^= z >> 31
        return String(unsafeUninitializedCapacity: 16) { digits in
            for index in 0..<16 {
                let digit = UInt8(truncatingIfNeeded: z >> UInt64(60 - 4 * index)) & 0xF
                digits[index] = digit + (digit < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10)
            }
            return 16
        }
    }
}
