import Foundation

/// How the files that a move touches stand in a work tree.
struct TouchedPaths: Sendable {
    enum State: Sendable {
        case old
        case new
        /// On the way: removed and not yet written again, or written in part.
        case between
        /// Neither the old nor the new one: somebody else's.
        case foreign
    }

    var states: [(change: TreeChange, state: State)]

    var isOld: Bool { states.allSatisfy { $0.state == .old } }
    var isNew: Bool { states.allSatisfy { $0.state == .new } }

    /// The paths that are not as they were, for people; at most five.
    func names(where matches: (State) -> Bool) -> String {
        let names = states.filter { matches($0.state) }.map(\.change.name)
        return names.prefix(5).joined(separator: ", ") + (names.count > 5 ? " and more" : "")
    }
}

extension WorkTree {
    /// Compares the files a move touches with how both commits want them, the way git would check them in.
    func touched(
        by changes: [TreeChange],
        environment: GitEnvironment
    ) async throws(GitError) -> TouchedPaths {
        let scratch = try Scratch(for: environment)
        defer { scratch.remove() }
        let notOld = try await differing(
            changes.compactMap { change in change.old.map { (change.path, $0) } },
            scratch,
            environment
        )
        let notNew = try await differing(
            changes.compactMap { change in change.new.map { (change.path, $0) } },
            scratch,
            environment
        )
        let leaves = Leaves(root: path, touched: Set(changes.map(\.path)))
        var states: [(TreeChange, TouchedPaths.State)] = []
        for change in changes {
            let state: TouchedPaths.State
            switch leaves.leaf(at: change.path) {
            case .foreign: state = .foreign
            case .absent where change.old == nil: state = .old
            case .absent where change.new == nil: state = .new
            case .absent: state = .between
            case .file where change.old != nil && !notOld.contains(change.path): state = .old
            case .file where change.new != nil && !notNew.contains(change.path): state = .new
            case .file:
                state = try await isBeginning(of: change, environment) ? .between : .foreign
            }
            states.append((change, state))
        }
        return TouchedPaths(states: states)
    }

    /// The paths whose files are not what the entries say: compared through an index of just these entries.
    private func differing(
        _ entries: [(path: [UInt8], entry: TreeChange.Entry)],
        _ scratch: Scratch,
        _ environment: GitEnvironment
    ) async throws(GitError) -> Set<[UInt8]> {
        guard !entries.isEmpty else { return [] }
        let index = scratch.path + "/index-" + String(UInt32.random(in: 0...UInt32.max), radix: 36)
        var environment = environment.adding(["GIT_INDEX_FILE": index])
        environment.settings += [
            ("core.splitIndex", "false"), ("core.untrackedCache", "false"), ("index.sparse", "false"),
        ]
        var input: [UInt8] = []
        for (path, entry) in entries {
            input += Array("\(entry.mode) \(entry.object)\t".utf8) + path + [0]
        }
        try await git.succeed(
            GitInvocation(
                arguments: ["update-index", "-z", "--index-info"],
                directory: path,
                environment: environment,
                input: input
            )
        )
        // Its status only says whether anything differs.
        _ = try await git.run(
            GitInvocation(
                arguments: ["update-index", "-q", "--refresh"],
                directory: path,
                environment: environment,
                deadline: .seconds(120)
            )
        )
        let output = try await git.succeed(
            GitInvocation(
                arguments: ["diff-files", "-z", "--raw", "--no-renames", "--no-abbrev"],
                directory: path,
                environment: environment,
                deadline: .seconds(120)
            )
        )
        return Set(TreeChange.parse(output.fields).map(\.path))
    }

    /// Whether a file is the beginning of what the move writes there: a killed git leaves such files.
    private func isBeginning(of change: TreeChange, _ environment: GitEnvironment) async throws(GitError) -> Bool {
        guard let new = change.new, !new.isSymbolicLink, !change.path.contains(UInt8(ascii: "\n")),
            let content = Leaves.content(of: change.path, in: path)
        else { return false }
        let output = try await git.run(
            GitInvocation(
                arguments: ["cat-file", "--batch=", "--filters"],
                directory: path,
                environment: environment,
                input: Array("\(new.object) ".utf8) + change.path + [UInt8(ascii: "\n")],
                limit: 512 << 20,
                deadline: .seconds(120)
            )
        )
        guard output.isSuccess, output.bytes.count >= 2 else { return false }
        // An empty format gives an empty first line; a line feed follows the content.
        return output.bytes.dropFirst().dropLast().starts(with: content)
    }
}
