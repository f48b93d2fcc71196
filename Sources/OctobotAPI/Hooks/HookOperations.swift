package import OctobotModel

/// List the hooks of a session and how they did.
package enum ListHooks: Operation {
    package static let name = "hook.list"
    package static let summary = "List the hooks of a session that have run"
    package static let description = """
        By their ids, with how they did, and the file hooks that are still to run. Does not wake a sandbox; of one that \
        does not run nothing is listed.
        """
    package static let access = Access.member
    package static let http: [HTTPBinding] = [
        .get("/api/projects/{projectId}/sessions/{sessionId}/hooks/status")
    ]
    package static let errors = FaultKind.byHand
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = SessionTarget(sessionID: "s1")
    package static let exampleResult = Result(
        hooks: ["lint": HookState.example],
        pendingHooks: ["lint"],
        lastEvaluatedAt: "2023-11-14T22:13:20.000Z"
    )

    package typealias Params = SessionTarget

    package struct Result: Codable, Sendable, Equatable, SchemaDescribing {
        package var hooks: [String: HookState]
        package var pendingHooks: [String]
        /// Empty for never.
        package var lastEvaluatedAt: String

        package init(hooks: [String: HookState] = [:], pendingHooks: [String] = [], lastEvaluatedAt: String = "") {
            self.hooks = hooks
            self.pendingHooks = pendingHooks
            self.lastEvaluatedAt = lastEvaluatedAt
        }

        package static let schema = JSONSchema.record(
            .required("hooks", .map(to: .reference(to: HookState.self)), "By their ids."),
            .required("pendingHooks", .array(of: .identifier), "File hooks still to run, in the order they will."),
            .required("lastEvaluatedAt", .string, "When file hooks were last looked at; empty for never.")
        )
    }
}

/// Show what a hook wrote.
package enum ReadHookOutput: Operation {
    package static let name = "hook.output"
    package static let summary = "Show what a hook of a session wrote when it last ran"
    package static let description = "Empty for one that has not run. Does not wake a sandbox."
    package static let access = Access.member
    package static let http: [HTTPBinding] = [
        .get("/api/projects/{projectId}/sessions/{sessionId}/hooks/{hookId}/output")
    ]
    package static let errors = FaultKind.byHand
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = HookTarget(sessionID: "s1", hookID: "lint")
    package static let exampleResult = Result(output: "main.go:3: unused\n")

    package typealias Params = HookTarget

    package struct Result: Codable, Sendable, Equatable, SchemaDescribing {
        package var output: String

        package init(output: String) { self.output = output }

        package static let schema = JSONSchema.record(
            .required("output", .string, "Output and errors as they came; at most 1 MiB.")
        )
    }
}

/// Run a file hook again.
package enum RerunHook: Operation {
    package static let name = "hook.rerun"
    package static let summary = "Run a file hook of a session again"
    package static let description = """
        On all files that are changed and match its pattern; answered when it has run, which takes 15 minutes at most. A \
        stopped sandbox is started. Only file hooks can be run again.
        """
    package static let access = Access.member
    package static let http: [HTTPBinding] = [
        .post("/api/projects/{projectId}/sessions/{sessionId}/hooks/{hookId}/rerun", body: .ignored)
    ]
    package static let errors = FaultKind.byHand
    package static let concurrency = Concurrency.serial(by: "hookId")
    package static let isIdempotent = false
    package static let isDurable = false
    package static let exampleParams = HookTarget(sessionID: "s1", hookID: "lint")
    package static let exampleResult = Result(success: true, exitCode: 0)

    package typealias Params = HookTarget

    package struct Result: Codable, Sendable, Equatable, SchemaDescribing {
        package var success: Bool
        package var exitCode: Int

        package init(success: Bool, exitCode: Int) {
            self.success = success
            self.exitCode = exitCode
        }

        package static let schema = JSONSchema.record(
            .required("success", .boolean, "Whether it left with status 0."),
            .required("exitCode", .integer(0...255), "Its exit status.")
        )
    }
}
