import ConfinedFiles
import Foundation
import GitCommand
import JSONText
package import OctobotAPI
package import OctobotModel

/// Single files of working copies, which are reached by paths that cannot leave them.
extension GitService {
    /// What a part of a file of a commit may lie within, in bytes: git gives whole files only.
    private static let largestCommitted = 64 << 20

    /// How much of the present content a conflict tells.
    private static let largestInConflict = 1 << 20

    /// `git.read`.
    package func read(_ params: ReadGitFile.Params, _ call: Call) async throws(Fault) -> GitFile {
        if let ref = params.ref { return try await read(params, at: ref) }
        let folder = try await folder(of: params.workspaceID, in: params.project, doing: "reading a file")
        let content = try await read(params.path, in: folder, offset: params.offset, length: params.length)
        let text = EncodedBytes(content.bytes)
        return GitFile(
            path: content.path,
            ref: "",
            content: text.text,
            encoding: text.encoding,
            size: content.size,
            version: content.version
        )
    }

    private func read(_ params: ReadGitFile.Params, at ref: String) async throws(Fault) -> GitFile {
        let path: String
        do throws(ConfinedFolder.Refusal) {
            path = try ConfinedFolder.normal(params.path, .workTree(repositories: []))
        } catch {
            throw error.fault(params.path)
        }
        let found = try await at(params.workspaceID, in: params.project, doing: "reading a file") {
            (tree, _) async throws(GitError) -> [UInt8]? in
            do throws(GitError) {
                return try await tree.content(of: path, at: ref, limit: Self.largestCommitted)
            } catch {
                guard case .outputTooLarge = error else { throw error }
                return nil
            }
        }
        guard let bytes = found else {
            throw Fault(
                .requestTooLarge,
                "The file '\(path.prefix(500))' is larger than \(Self.largestCommitted) bytes in that commit.",
                details: ["limit": .integer(Int64(Self.largestCommitted))],
                hint: "Read it with git, in the repository."
            )
        }
        let start = min(params.offset ?? 0, bytes.count)
        let part = bytes[start...].prefix(params.length ?? bytes.count)
        guard part.count <= ReadSessionFile.largestPart else { throw ConfinedFolder.Refusal.tooLarge.fault(path) }
        let text = EncodedBytes(part)
        return GitFile(path: path, ref: ref, content: text.text, encoding: text.encoding, size: bytes.count)
    }

    /// `git.write`.
    package func write(_ params: WriteGitFile.Params, _ call: Call) async throws(Fault) -> WrittenFile {
        let encoding = params.encoding ?? .utf8
        let bytes = try Self.bytes(of: params.content, encoding, "/content")
        guard bytes.count <= WriteGitFile.largestFile else {
            throw Fault(
                .requestTooLarge,
                "A file that is written may have \(WriteGitFile.largestFile) bytes.",
                details: ["limit": .integer(Int64(WriteGitFile.largestFile))]
            )
        }
        var original: Data?
        if let text = params.originalContent { original = try Self.bytes(of: text, encoding, "/originalContent") }
        let folder = try await folder(of: params.workspaceID, in: params.project, doing: "writing a file")
        let (path, version) = (params.path, params.version)
        do throws(ConfinedFolder.Refusal) {
            let written = try await repositories.git.withLock(ofWorkTree: folder.root) {
                () async throws(ConfinedFolder.Refusal) -> ConfinedFolder.Written in
                try await blocking { [original] () throws(ConfinedFolder.Refusal) -> ConfinedFolder.Written in
                    try folder.write(path, bytes, version: version, original: original)
                }
            }
            return WrittenFile(path: written.path, size: written.size, version: written.version)
        } catch {
            guard case .changed = error else { throw error.fault(path) }
            throw await completed(error.fault(path), path, folder)
        }
    }

    /// A conflict with what the file holds now, for a client that shows both, where that is not large.
    private func completed(_ conflict: Fault, _ path: String, _ folder: ConfinedFolder) async -> Fault {
        var conflict = conflict
        conflict.hint = "Read the file again, bring the two together and write with its version."
        do throws(Fault) {
            let present = try await read(path, in: folder, offset: 0, length: Self.largestInConflict)
            conflict.details["currentVersion"] = .string(present.version)
            guard present.size <= Self.largestInConflict else { return conflict }
            let text = EncodedBytes(present.bytes)
            conflict.details["currentContent"] = .string(text.text)
            conflict.details["currentEncoding"] = .string(text.encoding.rawValue)
        } catch {
            // It is a conflict all the same, also when the file is gone: then it has no content.
        }
        return conflict
    }

    private func read(
        _ path: String,
        in folder: ConfinedFolder,
        offset: Int?,
        length: Int?
    ) async throws(Fault) -> ConfinedFolder.Content {
        do throws(ConfinedFolder.Refusal) {
            return try await blocking { () throws(ConfinedFolder.Refusal) -> ConfinedFolder.Content in
                try folder.read(path, offset: offset, length: length, limit: ReadSessionFile.largestPart)
            }
        } catch {
            throw error.fault(path)
        }
    }

    /// The files of a working copy, without those of its repository.
    private func folder(
        of id: WorkspaceID,
        in project: ProjectID,
        doing what: String
    ) async throws(Fault) -> ConfinedFolder {
        let places = try await at(id, in: project, doing: what) {
            (tree, _) async throws(GitError) in try await tree.places()
        }
        return ConfinedFolder(root: places.root, rules: .workTree(repositories: places.repositories))
    }

    private static func bytes(
        of text: String,
        _ encoding: ContentEncoding,
        _ pointer: String
    ) throws(Fault) -> Data {
        guard let bytes = encoding.bytes(of: text) else {
            throw .invalidParams("It is no Base64.", pointer: pointer, rule: "encoding", expected: "RFC 4648 §4")
        }
        return Data(bytes)
    }
}

extension ConfinedFolder.Refusal {
    /// The fault a caller sees who asked for this path.
    fileprivate func fault(_ path: String) -> Fault {
        switch self {
        case .invalid(let reason):
            .invalidParams(
                "'\(path.prefix(500))' cannot be used: \(reason).",
                pointer: "/path",
                rule: "path",
                expected: "the path of a file relative to the repository, without '..', '.git' and links that lead out"
            )
        case .notFound: .notFound("file", path.prefix(500))
        case .denied:
            Fault(
                .permissionDenied,
                "The daemon's user may not touch '\(path.prefix(500))'.",
                hint: "Look at the owner and mode of the file and of the folders above it."
            )
        case .tooLarge:
            Fault(
                .requestTooLarge,
                "The file '\(path.prefix(500))' is larger than \(ReadSessionFile.largestPart) bytes.",
                details: ["limit": .integer(Int64(ReadSessionFile.largestPart))],
                hint: "Read it in parts, with 'offset' and 'length'."
            )
        case .changed:
            Fault(.versionConflict, "The file is not the one that was read.", reason: "version_conflict")
        case .diskFull:
            Fault(
                .upstreamFailed,
                "The disk the workspace lies on is full.",
                reason: "workspace.diskFull",
                hint: "Delete what is not needed there."
            )
        }
    }
}
