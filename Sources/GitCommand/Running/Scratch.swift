import Foundation

/// A folder for the files of one operation, owned by the user git works as; removed by the operation, at the latest by
/// whatever cleans the system's temporary folder.
struct Scratch {
    let path: String

    init(for environment: GitEnvironment) throws(GitError) {
        let folder = FileManager.default.temporaryDirectory.path(percentEncoded: false)
        var template = Array((folder + (folder.hasSuffix("/") ? "" : "/") + "octobot-git-XXXXXX").utf8CString)
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
}
