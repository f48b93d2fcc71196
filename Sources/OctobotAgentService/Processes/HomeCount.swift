import CLinux
import Foundation

/// Adds up what a folder takes of the disk: blocks of every file, each once, links not followed, nothing mounted in it.
///
/// Bounded, for the folder is a sandbox's: whatever is in it, counting ends, and then says that there is more.
struct HomeCount {
    struct Limits: Sendable {
        var entries = 2_000_000
        var depth = 128
        var time = Duration.seconds(20)
        init() {}
    }

    private(set) var bytes: Int64 = 0
    /// Whether there is more than was counted: a limit was reached, or a folder does not let itself be read.
    private(set) var isPartial = false
    private var entries = 0
    private var seen: Set<UInt64> = []
    private var device: UInt64 = 0
    private let limits: Limits
    private let deadline: ContinuousClock.Instant

    init(_ folder: String, limits: Limits = Limits()) {
        self.limits = limits
        deadline = .now + limits.time
        let root = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        var facts = stat()
        guard root >= 0, fstat(root, &facts) == 0 else {
            if root >= 0 { close(root) }
            isPartial = true
            return
        }
        device = UInt64(facts.st_dev)
        bytes = Int64(facts.st_blocks) * 512
        add(root, depth: 1)
    }

    /// Adds what is in a folder, whose descriptor it closes.
    private mutating func add(_ descriptor: CInt, depth: Int) {
        guard let folder = fdopendir(descriptor) else {
            close(descriptor)
            isPartial = true
            return
        }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            entries += 1
            guard entries <= limits.entries, entries % 256 != 0 || ContinuousClock.now < deadline else {
                isPartial = true
                return
            }
            withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { name in
                    let isSelf = name[0] == 0x2E && (name[1] == 0 || name[1] == 0x2E && name[2] == 0)
                    if !isSelf { add(name, in: descriptor, depth: depth) }
                }
            }
        }
    }

    private mutating func add(_ name: UnsafePointer<CChar>, in parent: CInt, depth: Int) {
        var facts = stat()
        guard fstatat(parent, name, &facts, AT_SYMLINK_NOFOLLOW) == 0, UInt64(facts.st_dev) == device else { return }
        let isFolder = facts.st_mode & S_IFMT == S_IFDIR
        if !isFolder, facts.st_nlink > 1, !seen.insert(UInt64(facts.st_ino)).inserted { return }
        bytes += Int64(facts.st_blocks) * 512
        guard isFolder else { return }
        let child =
            depth < limits.depth ? openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1
        guard child >= 0 else {
            isPartial = true
            return
        }
        add(child, depth: depth + 1)
    }
}
