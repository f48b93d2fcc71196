import Foundation
import Synchronization

/// The shared libraries a program of ours needs, by `ldd` (decision 24).
final class SharedLibraries: Sendable {
    /// One library: where the loader looks for it and the file that stands there.
    struct Library: Sendable, Equatable {
        var path: String
        var file: String
    }

    /// A library is missing on this host.
    struct Missing: Error {
        var names: [String]
    }

    private struct Key: Hashable {
        var program: String
        var size: Int
        var modified: Int
    }

    private let known = Mutex<[Key: [Library]]>([:])

    /// The libraries of `program` outside `/usr`, which every sandbox has; none for a static program or a script.
    ///
    /// Runs the program's loader, so it is only for programs the daemon trusts.
    func libraries(of program: String) throws -> [Library] {
        var facts = stat()
        guard stat(program, &facts) == 0, isELF(program), let ldd = CommandSearch.find("ldd", path: "/usr/bin:/bin")
        else { return [] }
        let key = Key(program: program, size: Int(facts.st_size), modified: Int(facts.st_mtim.tv_sec))
        if let libraries = known.withLock({ $0[key] }) { return libraries }
        let output = try ChildProcess.runBlocking(
            [ldd, program],
            ["PATH": "/usr/bin:/bin", "LC_ALL": "C"],
            limit: .seconds(10)
        )
        let libraries = try Self.parse(output.output)
        known.withLock { $0[key] = libraries }
        return libraries
    }

    /// Reads lines of the form `name => /path (0x…)` and `/path (0x…)`.
    ///
    /// - Parameter keepsSystem: Whether those below `/usr` count too.
    static func parse(_ output: String, keepsSystem: Bool = false) throws(Missing) -> [Library] {
        var libraries: [Library] = []
        var missing: [String] = []
        for line in output.split(separator: "\n") {
            let words = line.split(whereSeparator: \.isWhitespace)
            if line.hasSuffix("=> not found"), let name = words.first {
                missing.append(String(name))
                continue
            }
            guard let path = words.first(where: { $0.hasPrefix("/") }).map(String.init), words.count > 1,
                let file = CommandSearch.resolved(path), keepsSystem || !file.hasPrefix("/usr/")
            else { continue }
            libraries.append(Library(path: path, file: file))
        }
        guard missing.isEmpty else { throw Missing(names: missing) }
        return libraries
    }

    private func isELF(_ path: String) -> Bool {
        guard let file = FileHandle(forReadingAtPath: path) else { return false }
        defer { try? file.close() }
        return (try? file.read(upToCount: 4)) == Data([0x7F, 0x45, 0x4C, 0x46])
    }
}
