import Foundation

/// A folder for the files of one operation, owned by the user git works as; removed by the operation, or by a later
/// process when this one was killed.
struct Scratch {
    let path: String

    private static let prefix = "octobot-git-"
    /// Once in a process, before its first folder: the system's folder may hold very many others, too many for a start.
    private static let isSwept: Void = sweep()
    private static var folder: String { FileManager.default.temporaryDirectory.path(percentEncoded: false) }

    init(for environment: GitEnvironment) throws(GitError) {
        Self.isSwept
        let folder = Self.folder
        let name = "\(Self.prefix)\(getpid())-XXXXXX"
        var template = Array((folder + (folder.hasSuffix("/") ? "" : "/") + name).utf8CString)
        guard mkdtemp(&template) != nil else {
            throw .fileSystem("cannot make a folder in \(folder): \(String(cString: strerror(errno)))")
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        if let account = environment.account { chown(path, account.userID, account.groupID) }
    }

    func remove() {
        // What cannot be removed is left to the system's own cleaning.
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Removes what processes left that are gone, and their detached git by now as well.
    ///
    /// - Parameter age: How long a folder must have been left alone, in seconds.
    static func sweep(olderThan age: TimeInterval = 600) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for name in names where name.hasPrefix(prefix) {
            let path = (folder as NSString).appendingPathComponent(name)
            guard let pid = name.dropFirst(prefix.count).split(separator: "-").first.flatMap({ pid_t($0) }),
                kill(pid, 0) != 0, errno == ESRCH,
                let attributes = try? FileManager.default.attributesOfItem(atPath: path),
                let changed = attributes[.modificationDate] as? Date, changed.timeIntervalSinceNow < -age
            else { continue }
            // Another user's is left to that user.
            try? FileManager.default.removeItem(atPath: path)
        }
    }
}
