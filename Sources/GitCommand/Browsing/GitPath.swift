/// The name of a file in a repository, relative to its top; any bytes but NUL.
package struct GitPath: Sendable, Hashable {
    package var bytes: [UInt8]

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    package init(_ text: String) { bytes = Array(text.utf8) }

    /// The name for people; what is no UTF-8 is replaced.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Whether ``text`` is the whole truth.
    package var isText: Bool { Array(text.utf8) == bytes }
}
