import Foundation
import OctobotModel

extension Workspace {
    /// The name people read: their own, else the last part of the path.
    var title: String {
        if let displayName, !displayName.isEmpty { return displayName }
        return (path as NSString).lastPathComponent
    }
}

extension Workspace: Tabular {
    static let columns = ["ID", "NAME", "STATUS", "PROVIDER", "PATH"]
    var cells: [String] { [id.rawValue, title, status.rawValue, provider, path] }
}

extension Workspace: Describable {
    var fields: [Field] {
        let own = [
            Field("id", id.rawValue), Field("name", displayName), Field("path", path),
            Field("source", sourceType.rawValue), Field("status", status.rawValue), Field("error", errorMessage),
            Field("provider", provider), Field("work tree", workDir == path ? nil : workDir), Field("commit", commit),
            Field("created", createdAt.short), Field("updated", updatedAt.short),
        ]
        let sessions = sessions.map {
            Field("session", TerminalText.line("\($0.id)  \($0.status.rawValue)  \($0.title)"))
        }
        return (own + sessions).compactMap { $0 }
    }
}

extension ProviderStatus: Describable {
    var fields: [Field] {
        let facts = (details ?? [:]).sorted { $0.key < $1.key }.map { Field($0.key, $0.value) }
        return ([Field("state", state.rawValue), Field("message", message)] + facts).compactMap { $0 }
    }
}
