import JSONText
import OctobotAPI
import OctobotModel
import OctobotSandbox
import Testing

@testable import OctobotServices

@Suite("Start-up tasks", .timeLimit(.minutes(1)))
struct StartupTaskTests {
    private let begin = Timestamp(milliseconds: 1_700_000_000_000)

    private func pull(_ received: Int64, of total: Int64, _ state: ImagePull.State = .running) -> ImagePull {
        ImagePull(
            image: "registry.example/sandbox:1",
            state: state,
            receivedBytes: received,
            totalBytes: total,
            startedAt: begin,
            completedAt: state == .running ? nil : begin.advanced(by: .seconds(9))
        )
    }

    /// Tells of pulls until the task has ended; what every reader of a project's events was told of it.
    private func told(
        _ pulls: [ImagePull],
        in project: ProjectID,
        _ house: House,
        _ life: Life
    ) async throws -> [JSONValue] {
        let reader = try await life.services.events.reader(ofLive: project)
        for pull in pulls { house.mock.tell(pull) }
        var told: [JSONValue] = []
        while let element = try await reader.next() {
            guard case .entry(let entry) = element, entry.type == "startup_task_updated",
                let data = try JSONValue(parsing: entry.data)["data"]
            else {
                continue
            }
            told.append(data)
            if data["completedAt"] != nil { break }
        }
        return told
    }

    private func status(_ life: Life) async throws -> [SystemStatus.Task] {
        try await life.services.system.status(SystemStatus.Params(), life.call).startupTasks
    }

    @Test("a pull shows in the status, and its steps are told to every project: not each byte, and the end for certain")
    func pulled() async throws {
        try await withHouse { house in
            try await house.live { life in
                let other = try await life.services.projectLife.create(CreateProject.Params(name: "Other"), life.call)
                    .id
                #expect(try await status(life) == [])
                let pulls = [pull(0, of: 0), pull(1, of: 200), pull(2, of: 200), pull(100, of: 200)]
                let told = try await told(pulls + [pull(200, of: 200, .completed)], in: other, house, life)
                #expect(told.map { $0["state"] } == ["in_progress", "in_progress", "in_progress", "completed"])
                #expect(told.map { $0["progress"] } == [nil, 0, 50, 100])
                let task = try #require(try await status(life).first)
                #expect(task.id == "mock-pull" && task.state == .completed && task.progress == 100)
                #expect(task.bytesDownloaded == 200 && task.totalBytes == 200 && task.startedAt == begin)
            }
        }
    }

    @Test("a pull that fails says why, and the next one begins anew")
    func failed() async throws {
        try await withHouse { house in
            try await house.live { life in
                let failure = pull(7, of: 200, .failed("no such image"))
                let told = try await told([pull(7, of: 200), failure], in: .local, house, life)
                #expect(told.last?["state"] == "failed" && told.last?["error"] == "no such image")
                let again = try await self.told([pull(0, of: 0), pull(1, of: 1, .completed)], in: .local, house, life)
                #expect(again.map { $0["state"] } == ["in_progress", "completed"])
                #expect(try await status(life).map(\.error) == [nil])
            }
        }
    }
}
