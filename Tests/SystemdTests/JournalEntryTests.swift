import Logging
import Testing

@testable import Systemd

@Suite("journal entries")
struct JournalEntryTests {
    private let entry = JournalEntry(
        level: .warning,
        message: "Base not moved",
        label: "octobotd",
        metadata: ["session.id": "s1", "error": "two\nlines"],
        file: "A.swift",
        line: 7,
        function: "f()"
    )

    @Test("metadata stands behind the message and in fields of its own")
    func fields() {
        #expect(
            entry.fields == [
                "MESSAGE=Base not moved error=two\nlines session.id=s1", "PRIORITY=4", "SYSLOG_IDENTIFIER=octobotd",
                "LOGGER=octobotd", "CODE_FILE=A.swift", "CODE_LINE=7", "CODE_FUNC=f()", "OCTOBOT_ERROR=two\nlines",
                "OCTOBOT_SESSION_ID=s1",
            ]
        )
    }

    @Test(
        "levels are syslog priorities",
        arguments: zip(Logger.Level.allCases, [7, 7, 6, 5, 4, 3, 2])
    )
    func priorities(level: Logger.Level, priority: Int) {
        var entry = entry
        entry.level = level
        #expect(entry.priority == priority)
    }

    @Test("field names hold what the journal takes", arguments: [("a.b-c", "A_B_C"), ("größe", "GR_SSE"), ("", "")])
    func names(key: String, name: String) {
        #expect(JournalEntry.name(key) == name)
    }

    @Test("a field name never gets too long")
    func longName() {
        #expect(JournalEntry.name(String(repeating: "k", count: 100)).count == 56)
    }
}
