/// How messages are told apart on a connection (rpc.md §2).
package enum Framing: Sendable, Hashable {
    /// One JSON text a line.
    case newline
    /// A header block with `Content-Length` before each, as LSP has it.
    case header
}
