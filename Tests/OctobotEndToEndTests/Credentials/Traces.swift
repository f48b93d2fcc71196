import Foundation

/// Looks for secrets where they must not be.
struct Traces {
    /// Each in the forms it could have left traces in.
    private let needles: [Data]

    init(of secrets: [String]) {
        needles = secrets.flatMap { secret -> [Data] in
            let bytes = Data(secret.utf8)
            // Without the ends, which depend on what stands beside the secret.
            let base64 = bytes.base64EncodedString().dropFirst(4).dropLast(8)
            let hexadecimal = bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
            return [bytes, Data(base64.utf8), Data(hexadecimal.utf8)]
        }
    }

    func isIn(_ text: String) -> Bool { isIn(Data(text.utf8)) }

    func isIn(_ data: Data) -> Bool { needles.contains { data.firstRange(of: $0) != nil } }

    /// The files below a folder that hold one, whatever they are: databases, write-ahead logs, logs, spools.
    func files(below folder: URL) -> (searched: Int, found: [String]) {
        var searched = 0
        var found: [String] = []
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: [.isRegularFileKey])
        while let file = files?.nextObject() as? URL {
            guard (try? file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile) == true,
                let data = try? Data(contentsOf: file)
            else { continue }
            searched += 1
            if isIn(data) { found.append(file.path(percentEncoded: false)) }
        }
        return (searched, found)
    }

    /// What runs on this machine with one in its arguments or its environment.
    ///
    /// - Parameter exempt: Whether a process may have them, by its arguments; its descendants may as well.
    func processes(exempt: (String) -> Bool) -> (searched: Int, exempt: Int, found: [String]) {
        let all = Process.all()
        var allowed: Set<pid_t> = []
        for process in all where exempt(process.arguments) { allowed.insert(process.id) }
        var isGrowing = true
        while isGrowing {
            let children = all.filter { allowed.contains($0.parent) && !allowed.contains($0.id) }.map(\.id)
            allowed.formUnion(children)
            isGrowing = !children.isEmpty
        }
        var found: [String] = []
        for process in all {
            if isIn(process.arguments) { found.append("arguments of \(process.id)") }
            if !allowed.contains(process.id), isIn(process.environment) {
                found.append("environment of \(process.id): \(process.arguments.prefix(80))")
            }
        }
        return (all.count, allowed.count, found)
    }

    private struct Process {
        var id: pid_t
        var parent: pid_t
        var arguments: String
        var environment: Data

        static func all() -> [Process] {
            let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
            return entries.compactMap { pid_t($0) }.compactMap { id in
                guard let arguments = FileManager.default.contents(atPath: "/proc/\(id)/cmdline"),
                    let status = FileManager.default.contents(atPath: "/proc/\(id)/status")
                else { return nil }
                let line = String(decoding: status, as: UTF8.self).split(separator: "\n").first {
                    $0.hasPrefix("PPid:")
                }
                return Process(
                    id: id,
                    parent: line.flatMap { pid_t($0.dropFirst(5).trimmingCharacters(in: .whitespaces)) } ?? 0,
                    arguments: String(decoding: arguments, as: UTF8.self).replacing("\0", with: " "),
                    environment: FileManager.default.contents(atPath: "/proc/\(id)/environ") ?? Data()
                )
            }
        }
    }
}
