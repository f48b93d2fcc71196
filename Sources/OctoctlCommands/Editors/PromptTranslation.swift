import AgentClientProtocol
import Foundation
import JSONText

/// Turns the blocks of an editor's prompt into the parts of a message (acp.md §18.4).
///
/// The sandbox has its own clone, so a file the editor links goes along as the editor has it.
struct PromptTranslation: Sendable {
    var paths: EditorPaths
    /// The text of a file on the editor's side; `nil` where it has none.
    var read: @Sendable (_ path: String) async -> String?

    /// What one attached text may have at most, in bytes.
    static let attachmentLimit = 256 << 10

    /// The text first, then what is attached; never empty.
    func parts(_ blocks: [ContentBlock]) async -> [JSONValue] {
        var text = ""
        var attached: [JSONValue] = []
        for block in blocks {
            switch block {
            case .text(let part): text += part
            case .image(let data, let type, _), .audio(let data, let type):
                attached.append(Self.file(type, "data:\(type);base64,\(data)", nil))
            case .textResource(let uri, let content, let type):
                let name = name(uri)
                if !text.contains(name) { text += name }
                attached += Self.attachment(name, content, type)
            case .blobResource(let uri, let blob, let type):
                let type = type ?? "application/octet-stream"
                attached.append(Self.file(type, "data:\(type);base64,\(blob)", name(uri)))
            case .resourceLink(let uri, let title, let type, _):
                if uri.hasPrefix("http://") || uri.hasPrefix("https://") {
                    text += uri
                    attached.append(Self.file(type ?? "text/html", uri, title))
                } else {
                    text += name(uri)
                    guard let path = EditorPaths.path(ofURI: uri), let content = await read(path) else { continue }
                    attached += Self.attachment(name(uri), content, type)
                }
            }
        }
        let said: [JSONValue] = text.isEmpty && !attached.isEmpty ? [] : [["type": "text", "text": .string(text)]]
        return said + attached
    }

    /// How the agent knows what a URI names: from the workspace, else as it is.
    private func name(_ uri: String) -> String {
        guard let path = EditorPaths.path(ofURI: uri) else { return uri }
        return paths.relative(path) ?? path
    }

    private static func attachment(_ name: String, _ content: String, _ type: String?) -> [JSONValue] {
        let type = type.flatMap { $0.hasPrefix("text/") ? $0 : nil } ?? "text/plain"
        let data = Data(content.utf8).base64EncodedString()
        return [
            ["type": "text", "text": .string("\nThe file \(name) as the editor has it:")],
            file(type, "data:\(type);base64,\(data)", name),
        ]
    }

    private static func file(_ type: String, _ url: String, _ name: String?) -> JSONValue {
        var members: [String: JSONValue] = ["type": "file", "mediaType": .string(type), "url": .string(url)]
        members["filename"] = name.map(JSONValue.string)
        return .object(members)
    }

    /// A file of this machine, when it is text of bearable size.
    static func readFile(_ path: String) -> String? {
        // A file that cannot be read is named and not attached; a pipe would never end.
        let attributes = try? FileManager.default.attributesOfItem(atPath: FilePath.canonical(path))
        guard attributes?[.type] as? FileAttributeType == .typeRegular,
            let handle = FileHandle(forReadingAtPath: path)
        else { return nil }
        defer { try? handle.close() }
        guard let data = try? handle.read(upToCount: attachmentLimit + 1), data.count <= attachmentLimit else {
            return nil
        }
        return String(validating: data, as: UTF8.self)
    }
}
