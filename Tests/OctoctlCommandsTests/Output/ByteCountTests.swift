import Testing

@testable import OctoctlCommands

@Suite("sizes", .timeLimit(.minutes(1)))
struct ByteCountTests {
    @Test(
        "are told in the largest unit there is one of",
        arguments: [
            (0, "0 B"), (1023, "1023 B"), (1024, "1 KiB"), (1536, "1.5 KiB"), (100_000, "97.7 KiB"),
            (1_048_575, "1 MiB"), (1 << 20, "1 MiB"), (4 << 30, "4 GiB"), (5 << 50, "5120 TiB"),
        ]
    )
    func text(bytes: Int64, expected: String) {
        #expect(ByteCount.text(bytes) == expected)
    }
}
