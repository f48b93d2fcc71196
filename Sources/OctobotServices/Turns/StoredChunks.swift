import JSONText
import OctobotModel
import UIMessageStream

extension StreamCloser {
    /// The chunks that end a failed turn, after those that are stored.
    static func failed(after stored: [[UInt8]], text: String) -> [[UInt8]] {
        closing(.error(text), after: stored)
    }

    /// The chunks that end a cancelled turn, after those that are stored.
    static func cancelled(after stored: [[UInt8]]) -> [[UInt8]] {
        closing(.cancelled, after: stored)
    }

    private static func closing(_ ending: Ending, after stored: [[UInt8]]) -> [[UInt8]] {
        let closer = StreamCloser(UIMessageChunk.readable(stored))
        return closer.closing(ending, messageID: Identifier<Turn>.random().rawValue).map(\.bytes)
    }
}

extension MessageFolder {
    /// The message stored chunks make; `nil` when there are none.
    static func fold(_ stored: [[UInt8]]) -> JSONValue? {
        var folder = MessageFolder(messageID: Identifier<Turn>.random().rawValue)
        for chunk in UIMessageChunk.readable(stored) { folder.apply(chunk) }
        return folder.isEmpty ? nil : folder.message
    }
}

extension UIMessageChunk {
    /// Chunks this version does not know are passed on to readers, but are no part of a message.
    fileprivate static func readable(_ stored: [[UInt8]]) -> [UIMessageChunk] {
        stored.compactMap { try? UIMessageChunk(parsing: $0) }
    }
}
