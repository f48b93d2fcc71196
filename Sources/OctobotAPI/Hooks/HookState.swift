package import OctobotModel

package typealias HookID = Identifier<HookState>

/// How a hook of a session's workspace did (rest-api.md §15).
package struct HookState: Codable, Sendable, Equatable {
    package enum Kind: String, Codable, Sendable, CaseIterable {
        case session, file
        case preCommit = "pre-commit"
    }

    package enum Result: String, Codable, Sendable, CaseIterable {
        case success, failure, running
    }

    package var hookID: HookID
    package var hookName: String
    package var type: Kind
    package var lastRunAt: Timestamp
    package var lastResult: Result
    package var lastExitCode: Int
    package var outputPath: String
    package var runCount: Int
    package var failCount: Int
    package var consecutiveFailures: Int

    package init(
        hookID: HookID,
        hookName: String,
        type: Kind,
        lastRunAt: Timestamp,
        lastResult: Result,
        lastExitCode: Int,
        outputPath: String,
        runCount: Int,
        failCount: Int,
        consecutiveFailures: Int
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

extension HookState: ComponentDescribing {
    package static let schemaName = "Hook"
    package static let definition = JSONSchema.record(
        .required("hookId", .identifier, "From the name of its file."),
        .required("hookName", .string, "What people call it."),
        .required("type", .enumeration(of: Kind.self), "When it runs."),
        .required("lastRunAt", .timestamp, "When it began last."),
        .required("lastResult", .enumeration(of: Result.self), "How that ended."),
        .required(
            "lastExitCode",
            .integer(0...255),
            "124: it took too long; 126 and 127: it could not be started; 128 and more: a signal ended it."
        ),
        .required("outputPath", .path, "What it wrote, a file in the sandbox."),
        .required("runCount", .count, "How often it ran."),
        .required("failCount", .count, "How often it failed."),
        .required("consecutiveFailures", .count, "How often it failed since it last did not."),
        description: "A script of `.octobot/hooks` that has run."
    )

    static let example = HookState(
        hookID: "lint",
        hookName: "Lint",
        type: .file,
        lastRunAt: Timestamp(milliseconds: 1_700_000_000_000),
        lastResult: .failure,
        lastExitCode: 1,
        outputPath: "/home/octobot/.octobot/s1/hooks/output/lint.log",
        runCount: 3,
        failCount: 1,
        consecutiveFailures: 1
    )
}

/// Params that name a hook of a session.
package struct HookTarget: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
    package var projectID: ProjectID?
    package var sessionID: SessionID
    package var hookID: HookID

    package init(projectID: ProjectID? = nil, sessionID: SessionID, hookID: HookID) {
        self.projectID = projectID
        self.sessionID = sessionID
        self.hookID = hookID
    }

    private enum CodingKeys: String, CodingKey {
        case projectID = "projectId"
        case sessionID = "sessionId"
        case hookID = "hookId"
    }

    package static let schema = JSONSchema.parameters(
        .project,
        .session,
        .required("hookId", .identifier, "The hook.")
    )
}
