import Foundation

/// The table of targets in README.md, and what the sources really import.
struct TargetTable {
    struct Row {
        var target: String
        var imports: Set<String>
        var packages: Set<String>
    }

    var rows: [Row]

    /// The root of the repository, from where this file is.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Part of the toolchain.
    static let toolchain: Set<String> = ["Foundation", "Glibc", "Synchronization", "Dispatch", "FoundationEssentials"]

    init() throws {
        let text = try String(contentsOf: Self.root.appending(path: "README.md"), encoding: .utf8)
        rows = text.split(separator: "\n").drop { !$0.hasPrefix("| Target |") }.dropFirst(2).prefix {
            $0.hasPrefix("|")
        }
        .flatMap { line -> [Row] in
            let cells = line.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
            guard cells.count == 6 else { return [] }
            let packages = cells[4].split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            return Self.names(cells[1]).map { name in
                Row(
                    target: name,
                    imports: Set(Self.names(cells[3])),
                    packages: Set(packages).subtracting(["–", ""])
                )
            }
        }
    }

    /// The words in backquotes.
    private static func names(_ cell: String) -> [String] {
        cell.matches(of: /`([A-Za-z-]+)`/).map { String($0.1) }
    }

    /// The modules the Swift files of a target import, with the file that does.
    static func imports(of target: String) throws -> [String: String] {
        var result: [String: String] = [:]
        let folder = root.appending(path: "Sources/\(target)")
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        for case let file as URL in files ?? .init() where file.pathExtension == "swift" {
            for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
                guard
                    let match = line.wholeMatch(
                        of:
                            /(?:@[A-Za-z_]+(?:\([a-z]+\))? )*(?:package |internal |private |public )?import (?:(?:struct|class|enum|func|protocol) )?([A-Za-z0-9_]+).*/
                    )
                else { continue }
                result[String(match.1)] = file.lastPathComponent
            }
        }
        return result
    }
}
