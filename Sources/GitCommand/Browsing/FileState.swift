/// How a file differs between two states of a repository.
package enum FileState: Sendable, Equatable {
    case added, modified, deleted, renamed, copied, unmerged, typechanged, unknown

    /// Reads git's letter.
    init(letter: Character) {
        self =
            switch letter {
            case "A": .added
            case "M": .modified
            case "D": .deleted
            case "R": .renamed
            case "C": .copied
            case "U": .unmerged
            case "T": .typechanged
            default: .unknown
            }
    }
}

/// A file that differs, and how.
package struct FileChange: Sendable, Equatable {
    package var path: GitPath
    /// The name before a rename, or of the original of a copy.
    package var oldPath: GitPath?
    package var state: FileState

    package init(path: GitPath, oldPath: GitPath? = nil, state: FileState) {
        self.path = path
        self.oldPath = oldPath
        self.state = state
    }
}
