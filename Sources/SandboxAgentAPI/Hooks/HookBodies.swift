/// How a hook did, as kept on disk and told by `GET /hooks/status` (agent-api.md §11.4).
package struct HookStatus: Sendable, Codable, Equatable {
    package enum Kind: String, Sendable, Codable, CaseIterable {
        case session, file
        case preCommit = "pre-commit"
    }

    package enum Result: String, Sendable, Codable, CaseIterable {
        case success, failure, running
    }

    package var hookID: String
    package var hookName: String
    package var type: Kind
    /// When it began; ISO 8601, UTC, milliseconds.
    package var lastRunAt: String
    package var lastResult: Result
    /// 124: it took too long; 126 and 127: it could not be started; 128 and more: a signal ended it.
    package var lastExitCode: Int
    /// The log of its last run, an absolute path in the sandbox.
    package var outputPath: String
    package var runCount: Int
    package var failCount: Int
    package var consecutiveFailures: Int

    package init(
        hookID: String,
        hookName: String,
        type: Kind,
        lastRunAt: String = "",
        lastResult: Result = .running,
        lastExitCode: Int = 0,
        outputPath: String,
        runCount: Int = 0,
        failCount: Int = 0,
        consecutiveFailures: Int = 0
    ) {
        self.hookID = hookID
        self.hookName = hookName
        self.type = type
        self.lastRunAt = lastRunAt
        self.lastResult = lastResult
        self.lastExitCode = lastExitCode
        self.outputPath = outputPath
        self.runCount = runCount
        self.failCount = failCount
        self.consecutiveFailures = consecutiveFailures
    }

    private enum CodingKeys: String, CodingKey {
        case hookName, type, lastRunAt, lastResult, lastExitCode, outputPath, runCount, failCount, consecutiveFailures
        case hookID = "hookId"
    }
}

/// `GET /hooks/status`.
package struct HooksStatus: Sendable, Codable, Equatable {
    /// By their ids; only those that have run.
    package var hooks: [String: HookStatus]
    /// File hooks that are still to run, in the order they will.
    package var pendingHooks: [String]
    /// When file hooks were last looked at; empty for never.
    package var lastEvaluatedAt: String

    package init(hooks: [String: HookStatus] = [:], pendingHooks: [String] = [], lastEvaluatedAt: String = "") {
        self.hooks = hooks
        self.pendingHooks = pendingHooks
        self.lastEvaluatedAt = lastEvaluatedAt
    }
}

/// `GET /hooks/:hookId/output`.
package struct HookOutput: Sendable, Codable, Equatable {
    /// Empty when there is no log.
    package var output: String
    package init(_ output: String) { self.output = output }
}

/// `POST /hooks/:hookId/rerun`, answered when it has run.
package struct HookRerun: Sendable, Codable, Equatable {
    package var success: Bool
    package var exitCode: Int

    package init(exitCode: Int) {
        success = exitCode == 0
        self.exitCode = exitCode
    }
}
