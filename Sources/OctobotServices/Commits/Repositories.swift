package import GitCommand
package import Logging
package import OctobotModel
import SandboxAgentAPI

/// The repositories behind workspaces: the user's folder or our clone, and the mirror sandboxes read (decisions 13–20).
///
/// Nothing here deletes, resets or cleans a folder of the user's.
package struct Repositories: Sendable {
    let git: Git
    /// `WORKSPACE_DIR`: clones and mirrors, by project.
    let folder: String
    /// What `~` stands for.
    let home: String
    let logger: Logger

    /// - Parameters:
    ///   - folder: `WORKSPACE_DIR`, absolute.
    ///   - home: The home directory, for paths that begin with `~`.
    package init(git: Git, folder: String, home: String, logger: Logger) {
        self.git = git
        self.folder = folder
        self.home = home
        self.logger = logger
    }

    // MARK: Places

    /// Where a workspace's mirror lies, made or not (decision 23).
    package func mirrorPath(of workspace: WorkspaceID, in project: ProjectID) -> String {
        "\(folder)/\(Self.component(project.rawValue))/mirrors/\(Self.component(workspace.rawValue)).git"
    }

    /// Where the clone of a git URL lies, made or not (decision 23).
    package func clonePath(of workspace: WorkspaceID, in project: ProjectID) -> String {
        "\(folder)/\(Self.component(project.rawValue))/workspaces/\(Self.component(workspace.rawValue))"
    }

    /// The id as one component of a path: anything but letters, digits and hyphens is percent-encoded.
    private static func component(_ id: String) -> String {
        var result = ""
        for byte in id.utf8 {
            let isPlain =
                (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
                || byte == UInt8(ascii: "-")
            if isPlain {
                result.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                result += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
        return result.isEmpty ? "%" : result
    }

    func mirror(of workspace: Workspace) -> Mirror {
        Mirror(git, path: mirrorPath(of: workspace.id, in: workspace.projectID))
    }

    /// The folder commits are brought back to.
    func tree(of workspace: Workspace) -> WorkTree {
        switch workspace.sourceType {
        case .local: WorkTree(git, path: workspace.workDir ?? workspace.path)
        case .git: WorkTree(git, path: clonePath(of: workspace.id, in: workspace.projectID))
        }
    }

    // MARK: What people see

    /// Whether a local workspace has changes that sandboxes do not see; `nil` when not known or not the user's.
    func isDirty(_ workspace: Workspace) async -> Bool? {
        guard workspace.sourceType == .local else { return nil }
        do {
            return try await tree(of: workspace).inspect().isDirty
        } catch {
            logger.debug(
                "Work tree not inspected",
                metadata: ["workspace.id": "\(workspace.id)", "error": "\(error)"]
            )
            return nil
        }
    }

    /// The identity for commits in a session's sandbox: the user's of the repository it came from.
    func identity(of session: Session) async -> AgentGitIdentity? {
        do {
            let identity = try await git.identity(for: session.workspacePath ?? home)
            return AgentGitIdentity(name: identity.name, email: identity.email)
        } catch {
            logger.debug("Identity not read", metadata: ["session.id": "\(session.id)", "error": "\(error)"])
            return nil
        }
    }
}
