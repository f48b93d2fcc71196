import ConfinedFiles
import Foundation
import JSONText
package import OctobotAPI
package import OctobotModel
import OctobotSandbox
import OctobotStore
import SandboxAgentAPI

/// Files of sessions' workspaces, read and changed by hand (`file.*`; rest-api.md §13).
///
/// Whether a path stays in the workspace is decided inside, where it is opened; nothing here looks at it.
package struct FileService: Sendable {
    private let ledger: Ledger
    private let sandboxes: SessionSandboxes
    private let repositories: Repositories

    init(ledger: Ledger, sandboxes: SessionSandboxes, repositories: Repositories) {
        self.ledger = ledger
        self.sandboxes = sandboxes
        self.repositories = repositories
    }

    /// `file.list`.
    package func list(_ params: ListSessionFiles.Params, _ call: Call) async throws(Fault) -> SessionFolder {
        let session = try await ledger.session(params.sessionID, in: params.project)
        let path = params.path.flatMap { $0.isEmpty ? nil : $0 } ?? "."
        let hidden = params.hidden ?? false
        return try await working(in: session, on: path, doing: "listing a folder") {
            agent throws(SandboxAgentError) in
            SessionFolder(try await agent.listFiles(path, hidden: hidden))
        }
    }

    /// `file.read`.
    package func read(_ params: ReadSessionFile.Params, _ call: Call) async throws(Fault) -> SessionFile {
        let session = try await ledger.session(params.sessionID, in: params.project)
        if params.fromBase ?? false { return try await readBase(params, of: session) }
        let (path, offset, length) = (params.path, params.offset, params.length)
        do throws(Fault) {
            let content = try await working(in: session, on: path, doing: "reading a file") {
                agent throws(SandboxAgentError) in
                try await agent.readFile(path, offset: offset, length: length)
            }
            return SessionFile(content)
        } catch {
            throw error.kind == .requestTooLarge ? .fileTooLarge(path) : error
        }
    }

    /// The file as it was before the session, from the mirror.
    private func readBase(_ params: ReadSessionFile.Params, of session: Session) async throws(Fault) -> SessionFile {
        guard let workspace = try await ledger.read({ try $0.workspace(session.workspaceID, in: nil) }) else {
            throw .notFound("workspace", session.workspaceID)
        }
        let path = try Self.normal(params.path)
        let bytes = try await repositories.baseFile(path, of: session, in: workspace)
        let start = min(params.offset ?? 0, bytes.count)
        let part = bytes[start..<min(bytes.count, start + (params.length ?? bytes.count))]
        guard part.count <= ReadSessionFile.largestPart else { throw .fileTooLarge(params.path) }
        let content = EncodedBytes(part)
        return SessionFile(path: path, content: content.text, encoding: content.encoding, size: bytes.count)
    }

    /// `file.write`.
    package func write(_ params: WriteSessionFile.Params, _ call: Call) async throws(Fault) -> WrittenFile {
        let session = try await ledger.session(params.sessionID, in: params.project)
        let file = WriteFile(
            path: params.path,
            content: params.content,
            encoding: params.encoding.map { $0 == .utf8 ? .utf8 : .base64 },
            originalContent: params.originalContent,
            version: params.version
        )
        do throws(Fault) {
            let written = try await working(in: session, on: params.path, doing: "writing a file") {
                agent throws(SandboxAgentError) in
                try await agent.writeFile(file)
            }
            return WrittenFile(path: written.path, size: written.size, version: written.version)
        } catch {
            guard error.kind == .versionConflict else { throw error }
            throw await completed(error, params.path, session)
        }
    }

    /// A conflict with what the file holds now, for a client that shows both, where that is not large.
    private func completed(_ conflict: Fault, _ path: String, _ session: Session) async -> Fault {
        var conflict = conflict
        conflict.hint = "Read the file again, bring the two together and write with its version."
        do {
            let agent = try await sandboxes.agent(of: session)
            let present = SessionFile(try await agent.readFile(path, offset: 0, length: Self.largestInConflict))
            conflict.details["currentVersion"] = present.version.map { .string($0) }
            guard present.size <= Self.largestInConflict else { return conflict }
            conflict.details["currentContent"] = .string(present.content)
            conflict.details["currentEncoding"] = .string(present.encoding.rawValue)
        } catch {
            // It is a conflict all the same, also when the file is gone: then it has no content.
        }
        return conflict
    }

    private static let largestInConflict = 1 << 20

    /// `file.delete`.
    package func delete(_ params: DeleteSessionFile.Params, _ call: Call) async throws(Fault) -> DeletedFile {
        let session = try await ledger.session(params.sessionID, in: params.project)
        let path = params.path
        let deleted = try await working(in: session, on: path, doing: "deleting a file") {
            agent throws(SandboxAgentError) in
            try await agent.deleteFile(path)
        }
        return DeletedFile(path: deleted.path, type: deleted.type == .directory ? .directory : .file)
    }

    /// `file.rename`.
    package func rename(_ params: RenameSessionFile.Params, _ call: Call) async throws(Fault) -> RenamedFile {
        let session = try await ledger.session(params.sessionID, in: params.project)
        let (old, new) = (params.oldPath, params.newPath)
        let renamed = try await working(in: session, on: old, doing: "renaming a file") {
            agent throws(SandboxAgentError) in
            try await agent.renameFile(old, to: new)
        }
        return RenamedFile(oldPath: renamed.oldPath ?? old, newPath: renamed.newPath ?? new)
    }

    private func working<Value: Sendable>(
        in session: Session,
        on path: String,
        doing what: String,
        _ work: (any SandboxAgent) async throws(SandboxAgentError) -> Value
    ) async throws(Fault) -> Value {
        do throws(Fault) {
            return try await sandboxes.working(in: session, doing: what, work)
        } catch {
            // Without a reason it is the session that is not found.
            guard error.kind == .notFound, error.reason != nil else { throw error }
            throw .notFound("file", path.prefix(500))
        }
    }

    /// The path as git writes it.
    ///
    /// - Throws: `InvalidParams` for one that leaves the repository.
    private static func normal(_ path: String) throws(Fault) -> String {
        do throws(ConfinedFolder.Refusal) {
            let path = try ConfinedFolder.normal(path, .workTree(repositories: []))
            if path != "." { return path }
        } catch {
            // There is one answer for all of them.
        }
        throw .invalidParams(
            "It is no path of a file in the workspace.",
            pointer: "/path",
            rule: "path",
            expected: "a path relative to the workspace, without '..' and '.git'"
        )
    }
}

extension Fault {
    /// More than one answer holds.
    fileprivate static func fileTooLarge(_ path: String) -> Fault {
        Fault(
            .requestTooLarge,
            "The file '\(path.prefix(500))' is larger than \(ReadSessionFile.largestPart) bytes.",
            details: ["limit": .integer(Int64(ReadSessionFile.largestPart))],
            hint: "Read it in parts, with 'offset' and 'length'."
        )
    }
}
