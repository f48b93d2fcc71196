/// Why the clone cannot do what was asked; other failures of git pass as they are.
enum RepositoryFailure: Error, Sendable, Equatable {
    /// There is no clone in the working directory.
    case notARepository
    /// The commit is malformed or not here.
    case unknownCommit(String)
    /// The commit is here, but `HEAD` does not contain it.
    case notAnAncestor(String)
    /// Nothing lies between the commit and `HEAD`.
    case noCommits
    /// The session's work does not fit; nothing was changed.
    case conflict(files: [String], message: String)
    /// The patches are larger than an answer may be.
    case patchesTooLarge
}
