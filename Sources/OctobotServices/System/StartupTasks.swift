import JSONText
import Logging
import OctobotAPI
import OctobotModel
import OctobotSandbox
import OctobotStore
import ServiceLifecycle
import Synchronization

/// What the daemon gets ready while it serves already: the images of sandboxes (rest-api.md §2).
///
/// Its present state is in memory; every step of it is an event of every project.
final class StartupTasks: Service {
    private let ledger: Ledger
    private let providers: SandboxProviders
    private let logger: Logger
    private let tasks = Mutex<[String: SystemStatus.Task]>([:])

    init(ledger: Ledger, providers: SandboxProviders, logger: Logger) {
        self.ledger = ledger
        self.providers = providers
        self.logger = logger
    }

    /// In the order of their ids.
    var all: [SystemStatus.Task] { tasks.withLock { $0.values.sorted { $0.id < $1.id } } }

    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            await withDiscardingTaskGroup { group in
                for provider in providers.all {
                    group.addTask { await provider.prepareImage() }
                    group.addTask { for await pull in provider.imagePulls { await self.note(pull, of: provider.name) } }
                }
            }
            // Providers that have no image are through at once; the service is not.
            try? await gracefulShutdown()
        }
    }

    private func note(_ pull: ImagePull, of provider: String) async {
        let task = SystemStatus.Task(pull, of: provider)
        let before = tasks.withLock { tasks in
            defer { tasks[task.id] = task }
            return tasks[task.id]
        }
        // Not each of the many words an engine has for it.
        guard task.state != before?.state || task.step != before?.step else { return }
        do {
            let data = try JSONValue(parsing: JSONCoding.encode(task))
            try await ledger.write { transaction, wakes in
                for project in try transaction.projectIDs() {
                    _ = try transaction.appendEvent(project: project, type: .startupTaskUpdated, data: data)
                    wakes.ring(.events(project))
                }
            }
        } catch {
            guard !Task.isCancelled else { return }
            logger.warning("Start-up task not announced", metadata: ["task": "\(task.id)", "error": "\(error)"])
        }
    }
}

extension SystemStatus.Task {
    fileprivate init(_ pull: ImagePull, of provider: String) {
        self.init(
            id: "\(provider)-pull",
            name: "Pulling sandbox image: \(pull.image)",
            state: .inProgress,
            bytesDownloaded: pull.receivedBytes,
            startedAt: pull.startedAt,
            completedAt: pull.completedAt
        )
        if pull.totalBytes > 0 {
            totalBytes = pull.totalBytes
            progress = Int(min(pull.receivedBytes, pull.totalBytes) * 100 / pull.totalBytes)
        }
        switch pull.state {
        case .running: currentOperation = "Downloading"
        case .completed: (state, progress) = (.completed, 100)
        case .failed(let reason): (state, error) = (.failed, reason)
        }
    }

    /// The progress in steps of ten per cent.
    fileprivate var step: Int? { progress.map { $0 / 10 } }
}
