import OctobotAPI
import OctobotModel
import Testing

@testable import OctoctlCommands

@Suite("the session's results", .timeLimit(.minutes(1)))
struct CommitReportTests {
    private func session(_ id: SessionID = "s", _ outcome: CommitOutcome? = nil, created: Int64 = 0) -> Session {
        Session(
            id: id,
            projectID: .local,
            workspaceID: "w",
            name: "Plan",
            status: .ready,
            commitOutcome: outcome,
            permissionMode: .ask,
            provider: "local",
            createdAt: Timestamp(milliseconds: created),
            updatedAt: Timestamp(milliseconds: 0)
        )
    }

    private var job: Job {
        let zero = Timestamp(milliseconds: 0)
        return Job(
            id: "j",
            projectID: .local,
            type: .sessionCommit,
            resourceType: "session",
            resourceID: "s",
            status: .failed,
            attempts: 1,
            maxAttempts: 3,
            createdAt: zero,
            scheduledAt: zero
        )
    }

    @Test("a repository left as it was is a conflict, and says what to do", arguments: CommitOutcome.allCases)
    func outcomes(outcome: CommitOutcome) {
        guard outcome != .committed, outcome != .nothingToCommit else { return }
        let failure = CommitReport(session: session("s", outcome), job: job).failure(outcome)
        #expect(failure.status == 4)
        #expect(failure.hint?.isEmpty == false)
        #expect(failure.message.contains(outcome.rawValue))
    }

    @Test("the latest session is the one created last that is not going away")
    func latest() {
        var removing = session("c", created: 3)
        removing.status = .removing
        #expect(Connected.latest(of: [session("a", created: 1), session("b", created: 2), removing])?.id == "b")
        #expect(Connected.latest(of: []) == nil)
    }

    @Test("a diff is printed as git wrote it, so that git apply takes it")
    func diff() async throws {
        let patch = "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\r\n+\u{1B}b\n"
        let file = SessionDiff.FileDiff(
            path: "x",
            oldPath: nil,
            status: .modified,
            additions: 1,
            deletions: 1,
            binary: false,
            patch: patch
        )
        let stats = SessionDiff.Statistics(filesChanged: 1, additions: 1, deletions: 1)
        let (_, whole) = try await ConsoleRecording.of { console in
            DiffPrinter(console: console).print(SessionDiff(files: [file], stats: stats), namesOnly: false)
        }
        #expect(whole.output == patch)
        #expect(whole.errors == "1 file changed, +1 -1\n")
        let (_, names) = try await ConsoleRecording.of { console in
            DiffPrinter(console: console).print(SessionDiff(files: [file], stats: stats), namesOnly: true)
        }
        #expect(names.output == "M  x\n")
        let (_, none) = try await ConsoleRecording.of { console in
            DiffPrinter(console: console).print(SessionDiff(files: [], stats: stats), namesOnly: false)
        }
        #expect(none.output.isEmpty && none.errors == "No changes.\n")
    }

    @Test("changed lines come in the order of the file")
    func lines() {
        let change = LineDifference(old: "a\nb\nc\n", new: "a\nB\nc\nd\n")
        #expect(change.lines == ["-b", "+B", "+d"])
        #expect(change.additions == 2 && change.deletions == 1)
        let new = LineDifference(old: nil, new: "x\n")
        #expect(new.lines == ["+x"] && new.deletions == 0)
        let large = LineDifference(old: nil, new: String(repeating: "x\n", count: 5_000))
        #expect(large.lines.isEmpty && large.additions == 5_000)
    }
}
