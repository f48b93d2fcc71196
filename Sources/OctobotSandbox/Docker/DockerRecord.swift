import Foundation
import JSONText
import OctobotModel

/// What is on disk of one sandbox because the engine has no place for it; all else is asked of the engine.
struct DockerRecord: Sendable, Codable, Equatable {
    var spec: SandboxSpec
    /// Its container was removed and its volume set aside.
    var isKept = false
    /// Its last end was wanted here: a stop, however the container took it.
    var wasStopped = false
    /// Why it did not come up, where its container cannot tell.
    var failure: String?

    static func read(_ path: String) -> DockerRecord? {
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        // Written by us; one that cannot be read is made anew from the engine's labels.
        return try? JSONCoding.decode(DockerRecord.self, from: data)
    }

    /// Replaces the file in one step.
    func write(_ path: String) throws(SandboxError) {
        try FolderTree.make((path as NSString).deletingLastPathComponent)
        do {
            try Data(JSONCoding.encode(self)).write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw .failed("'\(path)' could not be written: \(error.localizedDescription)")
        }
    }
}
