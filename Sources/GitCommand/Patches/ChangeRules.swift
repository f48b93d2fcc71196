/// What commits from a sandbox may not do to a repository (behaviour.md §8, §9.6).
///
/// git refuses most of it by itself; these rules do not depend on its version or configuration.
enum ChangeRules {
    /// Why the path cannot be taken; `nil` for a good one.
    static func objection(toPath path: [UInt8]) -> String? {
        if path.isEmpty || path.first == UInt8(ascii: "/") { return "is not a relative path" }
        for component in components(of: path) {
            if component.isEmpty || component == "." || component == ".." { return "leaves the repository" }
            if isGitFolder(component) { return "lies in a .git folder" }
        }
        return nil
    }

    /// Why a symbolic link cannot be taken: it must stay inside the repository whatever other links there are.
    static func objection(toLink path: [UInt8], target: [UInt8]) -> String? {
        if target.isEmpty || target.contains(0) || target.first == UInt8(ascii: "/") {
            return "is a symbolic link out of the repository"
        }
        let parents = components(of: path).count - 1
        var climbed = 0
        var hasDescended = false
        for component in components(of: target) where !component.isEmpty && component != "." {
            if component == ".." {
                // Behind a name that may be a link itself, '..' leads anywhere.
                climbed += 1
                if hasDescended || climbed > parents { return "is a symbolic link out of the repository" }
            } else {
                hasDescended = true
                if isGitFolder(component) { return "is a symbolic link into a .git folder" }
            }
        }
        return nil
    }

    private static func components(of path: [UInt8]) -> [String] {
        path.split(omittingEmptySubsequences: false) { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }
            .map { String(decoding: $0, as: UTF8.self) }
    }

    /// Whether some file system takes the name for `.git`: case, trailing dots and spaces, streams, short names
    /// (NTFS), characters that do not count (HFS+).
    private static func isGitFolder(_ component: String) -> Bool {
        let counted = component.unicodeScalars.filter { !isIgnoredByHFS($0.value) }
        var name = String(String.UnicodeScalarView(counted)).lowercased()
        if let colon = name.firstIndex(of: ":") { name = String(name[..<colon]) }
        while name.last == "." || name.last == " " { name.removeLast() }
        return name == ".git" || name == "git~1"
    }

    private static func isIgnoredByHFS(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x200C...0x200F, 0x202A...0x202E, 0x206A...0x206F, 0xFEFF: true
        default: false
        }
    }
}
