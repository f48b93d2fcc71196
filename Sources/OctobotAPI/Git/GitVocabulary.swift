extension JSONSchema {
    /// A branch, tag or commit, as git spells them.
    static let revision = string(1...256)
}

/// The REST path of an operation on a working copy.
func gitPath(_ name: String) -> String { "/api/projects/{projectId}/workspaces/{workspaceId}/git/\(name)" }
