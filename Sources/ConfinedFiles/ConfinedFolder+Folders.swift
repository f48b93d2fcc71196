import CLinux
import Foundation

/// Folders that have to be made above a file, and are taken back when it comes to nothing.
extension ConfinedFolder {
    /// - Returns: Those that were not there, outermost first.
    func makeParents(of path: String) throws(Refusal) -> [String] {
        var made: [String] = []
        do throws(Refusal) {
            for folder in Self.folders(above: path) where try makeFolder(folder) { made.append(folder) }
        } catch {
            takeBack(made)
            throw error
        }
        return made
    }

    /// - Returns: Whether it was not there.
    private func makeFolder(_ path: String) throws(Refusal) -> Bool {
        let (parent, name) = try openParent(of: path, missing: "Directory not found")
        defer { close(parent) }
        guard mkdirat(parent, name, 0o777) == 0 else {
            guard errno == EEXIST else { throw Self.refusal(errno, missing: "Directory not found") }
            return false
        }
        let folder = try Self.open(
            name,
            in: parent,
            O_RDONLY | O_DIRECTORY,
            followsLinks: false,
            missing: "Directory not found"
        )
        defer { close(folder) }
        if geteuid() == 0 {
            var above = stat()
            guard fstat(parent, &above) == 0 else { throw .denied }
            // Without the capability it stays ours.
            _ = fchown(folder, above.st_uid, above.st_gid)
        }
        if let mode = rules.modes?.folder, fchmod(folder, mode) != 0 { throw .denied }
        return true
    }

    /// Removes folders that were made, as far as nobody has put anything there.
    func takeBack(_ made: [String]) {
        for path in made.reversed() {
            do throws(Refusal) {
                let (parent, name) = try openParent(of: path, missing: "")
                defer { close(parent) }
                unlinkat(parent, name, AT_REMOVEDIR)
            } catch {
                // Somebody moved it; then it is theirs.
                return
            }
        }
    }
}
