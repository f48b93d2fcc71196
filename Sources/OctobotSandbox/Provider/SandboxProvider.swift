package import OctobotModel

/// Makes and runs the sandboxes of sessions, one each (design.md §6).
///
/// Sandboxes outlive the daemon: a new instance over the same places finds them again.
package protocol SandboxProvider: Sendable {
    /// The name workspaces are bound to, such as `local`.
    var name: String { get }

    /// Looks now whether sandboxes can be made here.
    func status() async -> ProviderStatus

    /// Makes a session's sandbox without starting it; data kept from an earlier one is taken up.
    ///
    /// - Throws: ``SandboxError/alreadyExists(_:)`` for one that was not removed.
    func create(_ spec: SandboxSpec) async throws(SandboxError)

    /// Starts it and returns once its agent accepts connections; one that was paused goes on.
    ///
    /// Cancelling gives up and leaves no sandbox that runs.
    func start(_ id: SessionID) async throws(SandboxError)

    /// Ends it: politely first, for good after `grace`.
    func stop(_ id: SessionID, grace: Duration) async throws(SandboxError)

    /// Ends it and forgets it; its data is deleted or set aside for ``restore(_:)``.
    func remove(_ id: SessionID, data: SandboxData) async throws(SandboxError)

    /// Brings a removed sandbox whose data was kept back, stopped.
    func restore(_ id: SessionID) async throws(SandboxError)

    /// Deletes kept data; nothing to delete is no error.
    func deleteKept(_ id: SessionID) async throws(SandboxError)

    /// The session's sandbox; `nil` when there is none.
    ///
    /// Data that was kept counts as a stopped sandbox here, so that a removal that was cut short is not repeated as one
    /// of a session that never had any.
    ///
    /// - Throws: ``SandboxError/unavailable(component:message:hint:)`` when the provider cannot look, which says nothing
    ///   about the sandbox.
    func sandbox(_ id: SessionID) async throws(SandboxError) -> Sandbox?

    /// Every sandbox of this installation, in the order of session ids.
    ///
    /// - Throws: ``SandboxError/unavailable(component:message:hint:)`` when the provider cannot look.
    func list() async throws(SandboxError) -> [Sandbox]

    /// What happens to sandboxes: first the present state of each, then every change, whoever caused it.
    ///
    /// It ends when the provider loses sight of its sandboxes, at once when it has none; what changes until then is not
    /// told later, so that whoever watches has to look again.
    func watch() -> AsyncStream<SandboxChange>

    /// The agent of a sandbox, whether it answers at the moment or not.
    ///
    /// - Parameter secret: What the sandbox checks, in clear.
    func agent(_ id: SessionID, secret: String) throws(SandboxError) -> any SandboxAgent

    /// Which of these commands a new sandbox would have; a command is missing where that is not known.
    func commands(_ names: Set<String>) async -> [String: Bool]

    /// What every sandbox of this provider is held to.
    var limits: SandboxLimits { get }

    /// Opens a shell as root, past the agent, which does not run as root.
    ///
    /// It ends when it is closed, when its program ends, and with this process.
    ///
    /// - Throws: ``SandboxError/unavailable(component:message:hint:)`` where sandboxes have no root.
    func attachRoot(_ id: SessionID, rows: Int, columns: Int) async throws(SandboxError) -> any RootTerminal

    /// Pulls the image of sandboxes to come where it is missing and can be had; how that goes is in ``imagePulls``.
    func prepareImage() async

    /// How pulls of the image go, the newest word on it; for one reader. It ends where there is never a pull.
    var imagePulls: AsyncStream<ImagePull> { get }

    /// The caches sandboxes of a project share; none before the first sandbox that has one.
    func caches(of project: ProjectID) async throws(SandboxError) -> [SandboxCache]

    /// Deletes a project's caches; nothing to delete is no error.
    ///
    /// - Throws: ``SandboxError/inUse(_:)`` while a sandbox uses them.
    func deleteCaches(of project: ProjectID) async throws(SandboxError)
}

extension SandboxProvider {
    package func commands(_ names: Set<String>) async -> [String: Bool] { [:] }

    package func prepareImage() async {}

    package var imagePulls: AsyncStream<ImagePull> { AsyncStream { $0.finish() } }

    package func attachRoot(
        _ id: SessionID,
        rows: Int,
        columns: Int
    ) async throws(SandboxError) -> any RootTerminal {
        throw .unavailable(
            component: "root shell",
            message: "Sandboxes of the provider '\(name)' have no root user.",
            hint: "Open the terminal without root, or use a workspace with the provider 'docker'."
        )
    }
}

/// What becomes of a removed sandbox's data.
package enum SandboxData: Sendable {
    case keep
    case delete
}

/// How far a sandbox is.
package enum SandboxStatus: String, Sendable, Codable, CaseIterable {
    /// Made, not started yet.
    case created
    case running
    case stopped
    /// Ended without having been asked to.
    case failed
    /// Gone, but perhaps for its data; only ever told as a change.
    case removed
}

/// One sandbox as its provider sees it.
package struct Sandbox: Sendable, Equatable {
    package var sessionID: SessionID
    package var workspaceID: WorkspaceID
    package var projectID: ProjectID
    package var status: SandboxStatus
    /// Why it failed, and below that the last lines it wrote.
    package var error: String?
    /// In what it is weaker than promised, such as `network=host`; empty when in nothing.
    package var isolationNotes: [String]
    /// Which data folder's daemon made it (`Store.installation`); `nil` where that is not on record.
    package var installation: String?
    /// Whether it was made from another image than a new one would be.
    package var isOutdated: Bool
    /// The name of the image it was made from, where there is one.
    package var image: String?

    package init(
        sessionID: SessionID,
        workspaceID: WorkspaceID,
        projectID: ProjectID,
        status: SandboxStatus,
        error: String? = nil,
        isolationNotes: [String] = [],
        installation: String? = nil,
        isOutdated: Bool = false,
        image: String? = nil
    ) {
        self.sessionID = sessionID
        self.workspaceID = workspaceID
        self.projectID = projectID
        self.status = status
        self.error = error
        self.isolationNotes = isolationNotes
        self.installation = installation
        self.isOutdated = isOutdated
        self.image = image
    }
}

/// A sandbox's new state.
package struct SandboxChange: Sendable, Equatable {
    package var sessionID: SessionID
    package var status: SandboxStatus
    /// Why it failed, and below that the last lines it wrote.
    package var error: String?

    package init(sessionID: SessionID, status: SandboxStatus, error: String? = nil) {
        self.sessionID = sessionID
        self.status = status
        self.error = error
    }
}
