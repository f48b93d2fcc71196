import Foundation
import GitCommand

extension WorkspaceRepository {
    /// The files that differ from `HEAD` and those git does not know, deleted ones left out; relative paths, sorted.
    func changedFiles() async throws(GitError) -> [String] {
        let tracked = try await run([
            "diff", "--name-only", "-z", "--no-renames", "--diff-filter=d", "HEAD", "--",
        ])
        let new = try await run(["ls-files", "--others", "--exclude-standard", "-z"])
        var paths: Set<String> = []
        for output in [tracked, new] where output.isSuccess {
            for path in output.bytes.split(separator: 0) {
                paths.insert(String(decoding: path, as: UTF8.self))
            }
        }
        return paths.sorted()
    }

    /// Those of the files that were changed after a moment.
    func changed(_ paths: [String], after moment: Date?) -> [String] {
        guard let moment else { return paths }
        return paths.filter { path in
            let facts = try? FileManager.default.attributesOfItem(atPath: directory + "/" + path)
            return (facts?[.modificationDate] as? Date).map { $0 > moment } ?? false
        }
    }
}
