import AgentClientProtocol
import ConfinedFiles
import Foundation
import NIOPosix
import SandboxAgentAPI

/// The files an agent may have read and written for it, by paths that cannot leave their folders (acp.md §11.3).
struct AgentFiles: Sendable {
    private let workspace: ConfinedFolder
    /// Holds what people attached to prompts; to be read only.
    private let attachments: ConfinedFolder

    /// - Parameter workspace: Absolute, as the agent knows it.
    init(workspace: String, attachments: String) {
        self.workspace = ConfinedFolder(root: workspace)
        self.attachments = ConfinedFolder(root: attachments)
    }

    /// The text of a file, or of some of its lines.
    func read(_ request: ReadTextFile) async throws(ACPError) -> String {
        let (folder, path) = try place(request.path, in: [workspace, attachments])
        let bytes = try await blocking { () throws(ConfinedFolder.Refusal) in
            try folder.read(path, offset: nil, length: nil, limit: AgentLimit.readableFile).bytes
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .invalidParams("'\(path)' is no text: it is not UTF-8")
        }
        guard request.line != nil || request.limit != nil else { return text }
        return Self.lines(of: text, from: request.line ?? 1, count: request.limit)
    }

    /// Replaces a file whole, making the folders above it.
    func write(_ request: WriteTextFile) async throws(ACPError) {
        let (folder, path) = try place(request.path, in: [workspace])
        _ = try await blocking { () throws(ConfinedFolder.Refusal) in
            try folder.write(path, Data(request.content.utf8))
        }
    }

    /// The lines from `first`, counted from 1, each with its end.
    static func lines(of text: String, from first: Int, count: Int?) -> String {
        let bytes = text.utf8
        var start = bytes.startIndex
        for _ in 1..<max(first, 1) {
            guard let end = bytes[start...].firstIndex(of: 0x0A) else { return "" }
            start = bytes.index(after: end)
        }
        guard let count else { return String(text[start...]) }
        var end = start
        for _ in 0..<max(count, 0) {
            guard let next = bytes[end...].firstIndex(of: 0x0A) else { return String(text[start...]) }
            end = bytes.index(after: next)
        }
        return String(text[start..<end])
    }

    private func place(
        _ path: String,
        in folders: [ConfinedFolder]
    ) throws(ACPError) -> (folder: ConfinedFolder, path: String) {
        guard path.hasPrefix("/") else { throw .invalidParams("'\(path.prefix(256))' is not absolute") }
        for folder in folders where path.hasPrefix(folder.root + "/") {
            return (folder, String(path.dropFirst(folder.root.count + 1)))
        }
        throw .invalidParams("'\(path.prefix(256))' is outside the workspace")
    }

    /// Off the cooperative threads.
    private func blocking<Result: Sendable>(
        _ work: @escaping @Sendable () throws(ConfinedFolder.Refusal) -> Result
    ) async throws(ACPError) -> Result {
        do {
            return try await NIOThreadPool.singleton.runIfActive { try work() }
        } catch {
            guard let refusal = error as? ConfinedFolder.Refusal else { throw .failed("\(error)") }
            throw Self.error(refusal)
        }
    }

    private static func error(_ refusal: ConfinedFolder.Refusal) -> ACPError {
        switch refusal {
        case .invalid(let text): .invalidParams(text)
        case .notFound(let text): ACPError(code: ACPError.notFoundCode, message: text)
        case .denied: .failed("Permission denied")
        case .tooLarge: .failed("The file is larger than \(AgentLimit.readableFile) bytes")
        case .changed: .failed("The file changed meanwhile")
        case .diskFull: .failed("The sandbox's disk is full")
        }
    }
}

extension ACPError {
    static func failed(_ message: String) -> ACPError { ACPError(code: internalCode, message: message) }
}
