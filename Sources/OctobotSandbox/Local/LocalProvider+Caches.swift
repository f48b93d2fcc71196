import Foundation
package import OctobotModel
import Synchronization

extension LocalProvider {
    package var limits: SandboxLimits { limiting.enforced }

    package func caches(of project: ProjectID) async throws(SandboxError) -> [SandboxCache] {
        guard let path = cacheFolder(of: project) else { return [] }
        return try await blocking { () throws(SandboxError) in
            guard FolderTree.exists(path) else { return [] }
            let facts = try? FileManager.default.attributesOfItem(atPath: path)  // gone again is no cache either
            let made = (facts?[.modificationDate] as? Date).map {
                Timestamp(milliseconds: Int64($0.timeIntervalSince1970 * 1000))
            }
            return [
                SandboxCache(
                    name: "octobot-cache-\(project)",
                    projectID: project,
                    path: path,
                    createdAt: made,
                    bytes: FolderTree.bytes(in: path)
                )
            ]
        }
    }

    package func deleteCaches(of project: ProjectID) async throws(SandboxError) {
        guard let path = cacheFolder(of: project) else { return }
        let doomed = places.caches + "/.deleted-" + Self.randomName()
        // In one step with the look: a start that begins afterwards makes a new folder.
        try entries.withLock { entries throws(SandboxError) in
            let user = entries.values.first {
                $0.record.spec.projectID == project && ($0.live != nil || $0.isStarting)
            }
            if let user {
                throw .inUse(
                    "The cache is in use by the sandbox of session '\(user.record.spec.sessionID)'. Stop it first."
                )
            }
            guard rename(path, doomed) == 0 || errno == ENOENT else {
                throw .failed("'\(path)' could not be moved away: \(errnoText())")
            }
        }
        try await blocking { () throws(SandboxError) in try FolderTree.remove(doomed) }
    }

    /// Where a project's cache is; `nil` for projects that have none.
    ///
    /// Only names that are one plain part of a path become a folder's.
    func cacheFolder(of project: ProjectID) -> String? {
        let name = project.rawValue
        guard configuration.hasCaches, !configuration.isolationIsOff,
            name.wholeMatch(of: /[0-9A-Za-z][0-9A-Za-z_.-]{0,99}/) != nil
        else { return nil }
        return places.cache(name)
    }

    /// Deletes what a deletion that was cut short has left.
    func sweepCaches() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: places.caches)) ?? []
        where name.hasPrefix(".deleted-") {
            // What cannot be deleted now is tried again at the next start.
            try? FolderTree.remove(places.caches + "/" + name)
        }
    }
}
