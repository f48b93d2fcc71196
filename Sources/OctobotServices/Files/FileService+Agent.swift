import Foundation
import OctobotAPI
import SandboxAgentAPI

extension SessionFolder {
    init(_ listing: FolderListing) {
        self.init(
            path: listing.path,
            entries: listing.entries.map { entry in
                Entry(name: entry.name, type: entry.type == .directory ? .directory : .file, size: entry.size)
            }
        )
    }
}

extension SessionFile {
    /// What the sandbox answered; text that would get too long in an answer is turned into Base64.
    init(_ file: FileContent) {
        var (content, encoding) = (file.content, ContentEncoding.base64)
        if file.encoding == .utf8 {
            let text = EncodedBytes(file.content.utf8)
            (content, encoding) = (text.text, text.encoding)
        }
        self.init(path: file.path, content: content, encoding: encoding, size: file.size, version: file.version)
    }
}
