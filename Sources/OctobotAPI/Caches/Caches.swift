import HTTPTypes
package import OctobotModel

/// List the caches a project's sandboxes share.
package enum ListCaches: Operation {
    package static let name = "cache.list"
    package static let summary = "List the caches a project's sandboxes share"
    package static let description = """
        Downloads and build products that outlive sandboxes, at most one volume for each provider; none before the \
        first sandbox that has one. Members are spelled as container engines spell them.
        """
    package static let access = Access.member
    package static let http: [HTTPBinding] = [
        .get("/api/projects/{projectId}/cache", shape: .list("volumes"))
    ]
    package static let errors: [FaultKind] = [.upstreamFailed, .unavailable, .cursorInvalid]
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = Params()
    package static let exampleResult = Page(items: [CacheVolume.example])

    package typealias Params = ProjectPage
    package typealias Result = Page<CacheVolume>
}

/// Delete the caches a project's sandboxes share.
package enum DeleteCaches: Operation {
    package static let name = "cache.delete"
    package static let summary = "Delete the caches a project's sandboxes share"
    package static let description = """
        Those of all providers; nothing to delete is no error. A cache that a sandbox uses stays, and that is the \
        error: stop the project's sessions first.
        """
    package static let access = Access.admin
    package static let http: [HTTPBinding] = [
        .delete("/api/projects/{projectId}/cache")
    ]
    package static let errors: [FaultKind] = [.invalidState, .upstreamFailed, .unavailable]
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = Params()
    package static let exampleResult = Empty()

    package typealias Params = ProjectTarget
    package typealias Result = Empty
}
