import JSONText
package import OctobotModel

/// What the store refuses by itself.
package enum StoreError: Error, Sendable, Equatable {
    /// A list's cursor is none this list gave.
    case cursorInvalid(String)
    /// Rows that hang on another one are still there.
    case stillInUse(noun: String, id: String, by: String)

    package var fault: Fault {
        switch self {
        case .cursorInvalid(let text):
            Fault(
                .cursorInvalid,
                "'\(text.prefix(200))' is no cursor of this list.",
                hint: "Send back the nextCursor of the page before, or none for the first page."
            )
        case .stillInUse(let noun, let id, let by):
            .invalidState(
                "The \(noun) '\(id)' still has \(by).",
                reason: "\(noun).inUse",
                state: "inUse",
                hint: "Delete the \(by) first."
            )
        }
    }
}
