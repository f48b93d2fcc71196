import Foundation
import GitCommand
import Logging
import OctobotModel

/// A source that can become a workspace.
struct AdoptedSource: Sendable {
    var path: String
    var type: SourceType
    /// The top of the work tree; known at once for local folders only.
    var workDir: String?
}

/// A workspace whose mirror is there.
struct ReadyRepository: Sendable {
    var workDir: String
    /// HEAD, as the mirror has it.
    var head: String
}

extension Repositories {
    /// Checks a source and makes a missing or empty local folder a repository (behaviour.md §5.1, §5.2).
    func adopt(_ source: String, as type: SourceType?) async throws(Fault) -> AdoptedSource {
        switch (GitSource.classify(source), type) {
        case (.refused(let reason), _):
            throw Self.refused(source, reason, expected: "a folder, or an https or ssh URL")
        case (.url(let url), nil), (.url(let url), .git): return AdoptedSource(path: url, type: .git)
        case (.path, .git): throw Self.refused(source, "It is not a git URL.", expected: "an https or ssh URL")
        case (.url, .local), (.path, _): break
        }
        let path = try expanded(source)
        do throws(GitError) {
            let root = try await WorkTree(git, path: path).ensure().root
            return AdoptedSource(path: root, type: .local, workDir: root)
        } catch {
            switch error {
            case .notARepository:
                throw Self.refused(
                    source,
                    "It has files but is not a git repository; run 'git init' in it first.",
                    expected: "a git repository, or an empty or missing folder"
                )
            case .bareRepository:
                throw Self.refused(source, "It is a bare repository.", expected: "a repository with a work tree")
            case .pathRefused(let reason), .fileSystem(let reason):
                throw Self.refused(source, reason, expected: "a folder this user can use")
            default: throw error.fault(doing: "preparing the repository")
            }
        }
    }

    private func expanded(_ source: String) throws(Fault) -> String {
        var path = source
        if path == "~" { path = home }
        if path.hasPrefix("~/") { path = home + path.dropFirst() }
        guard path.hasPrefix("/") else {
            throw Self.refused(source, "It is not an absolute path.", expected: "an absolute path, '~' or '~/…'")
        }
        return (path as NSString).standardizingPath
    }

    private static func refused(_ source: String, _ reason: String, expected: String) -> Fault {
        // Whatever was refused may hold credentials; it is not repeated.
        .invalidParams(
            "This cannot become a workspace. \(reason)",
            pointer: "/path",
            rule: "source",
            expected: expected
        )
    }

    /// Clones the URL of a workspace; a clone that is there already is left alone.
    ///
    /// A clone of the URL the workspace had before is set aside with what was committed in it.
    func ensureClone(of workspace: Workspace) async throws(Fault) {
        let path = clonePath(of: workspace.id, in: workspace.projectID)
        do throws(GitError) {
            // A clone that was ready once is the workspace's, whatever its owner made of its remotes since.
            if workspace.workDir == nil { try await git.setCloneAside(at: path, unlessOf: workspace.path) }
            try await git.clone(workspace.path, to: path)
        } catch {
            throw error.fault(doing: "cloning")
        }
    }

    /// Makes the workspace's mirror and brings it up to date.
    func ensureMirror(of workspace: Workspace) async throws(Fault) -> ReadyRepository {
        do throws(GitError) {
            let tree = tree(of: workspace)
            // A clone of an empty repository gets its first commit here; a folder of the user's got it when adopted.
            let inspection = workspace.sourceType == .git ? try await tree.ensure() : try await tree.inspect()
            let mirror = mirror(of: workspace)
            try await mirror.refresh(from: inspection.root)
            return ReadyRepository(workDir: inspection.root, head: try await mirror.head())
        } catch {
            throw error.fault(doing: "mirroring the repository")
        }
    }

    /// Pins the workspace's present HEAD for a session and tells it.
    func pin(session: SessionID, in workspace: Workspace) async throws(Fault) -> String {
        let ready = try await ensureMirror(of: workspace)
        do throws(GitError) {
            try await mirror(of: workspace).pin(ready.head, as: .base, session: session.rawValue)
            return ready.head
        } catch {
            throw error.fault(doing: "pinning the commit")
        }
    }

    /// Lets go of what a session held.
    func unpin(session: SessionID, workspace: WorkspaceID, in project: ProjectID) async {
        let mirror = Mirror(git, path: mirrorPath(of: workspace, in: project))
        guard FileManager.default.fileExists(atPath: mirror.path) else { return }
        do {
            try await mirror.unpin(.base, session: session.rawValue)
            try await mirror.unpin(.result, session: session.rawValue)
        } catch {
            // Costs space only.
            logger.warning("Commit not unpinned", metadata: ["session.id": "\(session)", "error": "\(error)"])
        }
    }

    /// Deletes a workspace's mirror.
    func removeMirror(of workspace: WorkspaceID, in project: ProjectID) async {
        do {
            try await Mirror(git, path: mirrorPath(of: workspace, in: project)).remove()
        } catch {
            logger.warning("Mirror not removed", metadata: ["workspace.id": "\(workspace)", "error": "\(error)"])
        }
    }

    /// Deletes the clone we made of a workspace's URL.
    func removeClone(of workspace: WorkspaceID, in project: ProjectID) async {
        do {
            try await git.removeClone(clonePath(of: workspace, in: project), within: folder)
        } catch {
            logger.warning("Clone not removed", metadata: ["workspace.id": "\(workspace)", "error": "\(error)"])
        }
    }
}
