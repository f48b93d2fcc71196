import Foundation

/// A folder that is filled beside its place and moved there when it is whole, so that a killed daemon leaves no half one.
struct PartialFolder {
    let path: String
    private let place: String

    /// Makes the parent of `place` and removes what earlier attempts left; `path` itself is not made.
    init(for place: String) throws(GitError) {
        let parent = (place as NSString).deletingLastPathComponent
        let prefix = (place as NSString).lastPathComponent + ".partial-"
        do {
            try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
            for name in try FileManager.default.contentsOfDirectory(atPath: parent) where name.hasPrefix(prefix) {
                try FileManager.default.removeItem(atPath: parent + "/" + name)
            }
        } catch {
            throw .fileSystem("cannot prepare \(parent): \(error.localizedDescription)")
        }
        self.place = place
        path = parent + "/" + prefix + String(UInt64.random(in: 0...UInt64.max), radix: 36)
    }

    /// Moves the folder to its place.
    func publish() throws(GitError) {
        guard rename(path, place) == 0 else {
            throw .fileSystem("cannot create \(place): \(String(cString: strerror(errno)))")
        }
    }

    /// Removes what was not published.
    func discard() {
        guard FileManager.default.fileExists(atPath: path) else { return }
        // What cannot be removed now is removed by the next attempt.
        try? FileManager.default.removeItem(atPath: path)
    }
}
