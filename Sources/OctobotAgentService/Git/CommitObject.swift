/// A commit as git stores it, to be written again on another parent.
///
/// The bytes of author, message and encoding are kept; a signature is dropped, because it would not hold any more.
struct CommitObject: Sendable, Equatable {
    var tree: String
    var parents: [String]
    private var author: [UInt8]
    private var encoding: [UInt8]?
    /// From the empty line on.
    private var body: [UInt8]

    /// Reads the output of `git cat-file commit`.
    init?(parsing bytes: [UInt8]) {
        var tree: String?
        var author: [UInt8]?
        parents = []
        var line = bytes.startIndex
        while line < bytes.endIndex, bytes[line] != 0x0A {
            let end = bytes[line...].firstIndex(of: 0x0A) ?? bytes.endIndex
            let text = bytes[line..<end]
            if text.starts(with: "tree ".utf8) {
                tree = String(decoding: text.dropFirst(5), as: UTF8.self)
            } else if text.starts(with: "parent ".utf8) {
                parents.append(String(decoding: text.dropFirst(7), as: UTF8.self))
            } else if text.starts(with: "author ".utf8) {
                author = Array(text)
            } else if text.starts(with: "encoding ".utf8) {
                encoding = Array(text)
            }
            line = min(end + 1, bytes.endIndex)
        }
        guard let tree, let author else { return nil }
        self.tree = tree
        self.author = author
        body = Array(bytes[line...])
    }

    /// The bytes for `git hash-object -t commit`.
    ///
    /// - Parameter committer: name, address and time, as in the object.
    func rewritten(tree: String, parent: String, committer: String) -> [UInt8] {
        var bytes = Array("tree \(tree)\nparent \(parent)\n".utf8)
        bytes += author + [0x0A]
        bytes += Array("committer \(committer)\n".utf8)
        if let encoding { bytes += encoding + [0x0A] }
        return bytes + body
    }
}
