import JSONText
import OctobotAPI
import OctobotClient
import OctobotModel

extension Connected {
    /// The workspace people mean; `nil` when a folder or URL is none yet.
    ///
    /// - Throws: `NotFound` for an id that does not exist.
    func workspace(_ reference: WorkspaceReference) async throws -> Workspace? {
        switch reference {
        case .id(let id):
            return try await client.call(
                GetWorkspace.self,
                GetWorkspace.Params(projectID: project, workspaceID: WorkspaceID(id))
            )
        case .folder, .url:
            let known = try await workspaces(reference)
            return known.last { $0.status != .error } ?? known.last
        }
    }

    /// The workspaces of a folder or URL, oldest first.
    func workspaces(_ reference: WorkspaceReference) async throws -> [Workspace] {
        let project = project
        let all = try await client.pages(ListWorkspaces.self) { cursor in
            ListWorkspaces.Params(projectID: project, limit: Self.pageSize, cursor: cursor)
        }
        return all.filter { $0.isMeant(by: reference) }
    }

    /// The workspace people mean, created when it is a folder or URL that is none yet.
    func workspace(creating reference: WorkspaceReference) async throws -> Workspace {
        if let known = try await workspace(reference) { return known }
        let path: String
        switch reference {
        case .folder(let root): path = root
        case .url(let url): path = url
        case .id(let id): throw Failure("No workspace '\(id)'.", status: .notFound)
        }
        console.note("New workspace: \(TerminalText.line(path))", .dim)
        return try await client.call(CreateWorkspace.self, CreateWorkspace.Params(projectID: project, path: path))
    }
}

extension Workspace {
    /// Whether its files are where `reference` points.
    func isMeant(by reference: WorkspaceReference) -> Bool {
        switch reference {
        case .id(let id): self.id.rawValue == id
        case .url(let url): sourceType == .git && path == url
        case .folder(let root):
            sourceType == .local && (FilePath.canonical(path) == root || workDir.map(FilePath.canonical) == root)
        }
    }
}
