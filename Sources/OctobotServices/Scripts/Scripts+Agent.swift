import OctobotAPI
import OctobotModel
import SandboxAgentAPI

// What a sandbox says of its scripts is its own word: numbers are brought into their ranges, times into ours.

extension DeclaredService {
    init(_ service: SandboxService) {
        self.init(
            id: ServiceID(service.id),
            name: service.name,
            path: service.path,
            status: Status(service.status)
        )
        description = service.description
        http = service.http.flatMap { Self.port($0) }
        https = service.https.flatMap { Self.port($0) }
        urlPath = service.urlPath
        passive = service.passive
        pid = service.pid.map { max(0, $0) }
        startedAt = service.startedAt.flatMap { Timestamp($0) }
        exitCode = service.exitCode.map { min(max($0, 0), 255) }
    }

    private static func port(_ number: Int) -> Int? { (1...65_535).contains(number) ? number : nil }
}

extension DeclaredService.Status {
    init(_ status: SandboxService.Status) {
        switch status {
        case .running: self = .running
        case .stopped: self = .stopped
        case .starting: self = .starting
        case .stopping: self = .stopping
        }
    }
}

extension ServiceOutput {
    init(_ event: ServiceEvent) {
        let type: Kind =
            switch event.type {
            case .stdout: .stdout
            case .stderr: .stderr
            case .exit: .exit
            case .error: .error
            }
        self.init(
            type: type,
            data: event.data,
            exitCode: event.exitCode.map { min(max($0, 0), 255) },
            error: event.error,
            timestamp: Timestamp(event.timestamp) ?? .now
        )
    }
}

extension ListHooks.Result {
    init(_ status: HooksStatus) {
        self.init(
            hooks: status.hooks.mapValues { HookState($0) },
            pendingHooks: status.pendingHooks,
            lastEvaluatedAt: status.lastEvaluatedAt
        )
    }
}

extension HookState {
    init(_ hook: HookStatus) {
        let kind: Kind =
            switch hook.type {
            case .session: .session
            case .file: .file
            case .preCommit: .preCommit
            }
        let result: Result =
            switch hook.lastResult {
            case .success: .success
            case .failure: .failure
            case .running: .running
            }
        self.init(
            hookID: HookID(hook.hookID),
            hookName: hook.hookName,
            type: kind,
            lastRunAt: Timestamp(hook.lastRunAt) ?? .now,
            lastResult: result,
            lastExitCode: min(max(hook.lastExitCode, 0), 255),
            outputPath: hook.outputPath,
            runCount: max(0, hook.runCount),
            failCount: max(0, hook.failCount),
            consecutiveFailures: max(0, hook.consecutiveFailures)
        )
    }
}
