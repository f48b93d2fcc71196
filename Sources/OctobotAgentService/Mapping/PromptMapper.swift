import AgentClientProtocol
import Foundation
import JSONText

/// Turns the person's UI message into the blocks of a prompt (acp.md §12).
struct PromptMapper: Sendable {
    var capabilities: AgentCapabilities
    /// Where attachments that the agent cannot take in the prompt are written.
    var attachmentFolder: String

    /// The blocks, in the order of the parts; never empty.
    func blocks(for message: JSONValue) -> [ContentBlock] {
        var blocks: [ContentBlock] = []
        let messageID = message["id"]?.stringValue ?? "message"
        for (index, part) in (message["parts"]?.arrayValue ?? []).enumerated() {
            switch part["type"]?.stringValue {
            case "text":
                if let text = part["text"]?.stringValue { blocks.append(.text(text)) }
            case "file":
                blocks.append(contentsOf: file(part, messageID: messageID, index: index))
            default:
                continue
            }
        }
        return blocks.isEmpty ? [.text("")] : blocks
    }

    private func file(_ part: JSONValue, messageID: String, index: Int) -> [ContentBlock] {
        guard let url = part["url"]?.stringValue else { return [] }
        let name = Self.safeName(part["filename"]?.stringValue ?? "attachment-\(index + 1)")
        let declared = part["mediaType"]?.stringValue
        guard url.hasPrefix("data:") else {
            guard url.hasPrefix("http://") || url.hasPrefix("https://") else { return [] }
            return [.resourceLink(uri: url, name: name, mimeType: declared)]
        }
        guard let (type, data) = Self.decode(dataURL: url) else {
            return [.text("[The attachment \(name) could not be decoded and was left out.]")]
        }
        let mediaType = declared ?? type
        if mediaType.hasPrefix("image/"), capabilities.acceptsImages {
            return [.image(data: data.base64EncodedString(), mimeType: mediaType)]
        }
        if mediaType.hasPrefix("audio/"), capabilities.acceptsAudio {
            return [.audio(data: data.base64EncodedString(), mimeType: mediaType)]
        }
        let folder = attachmentFolder + "/" + Self.safeName(messageID)
        let path = folder + "/" + name
        if Self.isText(mediaType), capabilities.acceptsEmbeddedContext,
            let text = String(validating: data, as: UTF8.self)
        {
            return [.textResource(uri: URL(filePath: path).absoluteString, text: text, mimeType: mediaType)]
        }
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try data.write(to: URL(filePath: path))
        } catch {
            return [.text("[The attachment \(name) could not be stored and was left out.]")]
        }
        return [
            .resourceLink(
                uri: URL(filePath: path).absoluteString,
                name: name,
                mimeType: mediaType,
                size: Int64(data.count)
            )
        ]
    }

    private static func isText(_ mediaType: String) -> Bool {
        let type = mediaType.split(separator: ";").first.map(String.init) ?? mediaType
        if type.hasPrefix("text/") || type.hasSuffix("+json") || type.hasSuffix("+xml") { return true }
        return [
            "application/json", "application/xml", "application/yaml", "application/x-yaml", "application/javascript",
            "application/typescript", "application/toml", "application/x-sh", "application/sql",
        ].contains(type)
    }

    /// A name without folders, hidden-file dots or control characters.
    static func safeName(_ name: String) -> String {
        let last = name.split { $0 == "/" || $0 == "\\" }.last.map(String.init) ?? ""
        let kept = last.unicodeScalars.map { scalar -> Character in
            let isPlain = scalar.properties.isAlphabetic || scalar.properties.numericType != nil
            return isPlain || "-_. ()".unicodeScalars.contains(scalar) ? Character(scalar) : "_"
        }
        let trimmed = String(kept.prefix(120)).trimmingCharacters(in: CharacterSet(charactersIn: ". "))
        return trimmed.isEmpty ? "attachment" : trimmed
    }

    private static func decode(dataURL: String) -> (mediaType: String, data: Data)? {
        guard let comma = dataURL.firstIndex(of: ",") else { return nil }
        let head = dataURL[dataURL.index(dataURL.startIndex, offsetBy: 5)..<comma]
        let body = String(dataURL[dataURL.index(after: comma)...])
        let type = head.split(separator: ";").first.map(String.init) ?? ""
        let mediaType = type.contains("/") ? type : "text/plain"
        if head.hasSuffix(";base64") { return Data(base64Encoded: body).map { (mediaType, $0) } }
        return body.removingPercentEncoding.map { (mediaType, Data($0.utf8)) }
    }
}
