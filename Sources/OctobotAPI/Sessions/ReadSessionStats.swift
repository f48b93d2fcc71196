package import OctobotModel

/// Show what the sandbox of a session uses.
package enum ReadSessionStats: Operation {
    package static let name = "session.stats"
    package static let summary = "Show what the sandbox of a session uses"
    package static let description = """
        As seen now. Never starts a stopped sandbox, of which only its limits and its last activity are told. Limits \
        that are not enforced are left out.
        """
    package static let access = Access.member
    package static let errors: [FaultKind] = [.notFound, .upstreamFailed, .unavailable]
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = GetSession.Params(sessionID: "s1")
    package static let exampleResult = SessionStats(
        state: .ready,
        memoryBytes: 134_217_728,
        memoryLimitBytes: 4_294_967_296,
        cpuMilliseconds: 5_230,
        cpuLimit: 2,
        processes: 4,
        processLimit: 4096,
        diskBytes: 52_428_800,
        terminals: 1,
        lastActivityAt: .example
    )

    package typealias Params = GetSession.Params
    package typealias Result = SessionStats
}
