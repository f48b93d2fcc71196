import Dispatch
import Foundation
import OctobotTestSupport
import Synchronization
import Testing

@testable import ConfinedFiles

/// What happens while somebody else changes the same folder.
@Suite("races", .timeLimit(.minutes(3)))
struct RaceTests {
    /// Swaps a real folder and a link that leads out, as fast as it can, until told to stop.
    private final class Swapper: Sendable {
        private let isDone = Atomic(false)
        private let swaps = Atomic(0)
        private let group = DispatchGroup()

        init(_ root: String) {
            DispatchQueue.global().async(group: group) { [self] in
                while !isDone.load(ordering: .relaxed) {
                    rename(root + "/spot", root + "/real")
                    rename(root + "/link", root + "/spot")
                    rename(root + "/spot", root + "/link")
                    rename(root + "/real", root + "/spot")
                    swaps.wrappingAdd(1, ordering: .relaxed)
                }
            }
        }

        /// - Returns: How often it swapped.
        func stop() -> Int {
            isDone.store(true, ordering: .relaxed)
            group.wait()
            return swaps.load(ordering: .relaxed)
        }
    }

    @Test("a folder that becomes a link while it is walked leads nowhere", arguments: [false, true])
    func swapped(isWorkTree: Bool) async throws {
        try await withTemporaryDirectory { folder in
            let path = folder.resolvingSymlinksInPath().path(percentEncoded: false)
            let top = path.hasSuffix("/") ? String(path.dropLast()) : path
            let games = try LinkGames(in: top, root: top + "/root")
            let root = games.root
            try FileManager.default.createDirectory(atPath: root + "/spot", withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(atPath: root + "/link", withDestinationPath: "../outside")
            let before = try games.state()
            let files = ConfinedFolder(root: root, rules: isWorkTree ? .workTree(repositories: []) : .workspace)
            let swapper = Swapper(root)
            for n in 0..<600 {
                _ = refusal {
                    let got = try files.read("spot/canary", limit: 1 << 20)
                    #expect(!games.shows(String(decoding: got.bytes, as: UTF8.self)))
                }
                _ = refusal { try files.write("spot/canary", Data("mine".utf8)) }
                _ = refusal { try files.write("spot/new/\(n)", Data("mine".utf8)) }
                _ = refusal { try files.rename("spot/canary", "spot/moved") }
                _ = refusal { try files.rename("sub/inside", "spot/inside") }
                _ = refusal { try files.list("spot", hidden: true) }
                _ = refusal { try files.delete("spot/canary") }
                _ = refusal { try files.delete("spot/folder") }
                if n % 100 == 0 { #expect(try games.state() == before) }
            }
            #expect(swapper.stop() > 100)
            #expect(try games.state() == before)
        }
    }

    @Test("a tree whose parts become links while it is deleted takes nothing outside with it")
    func deleted() async throws {
        try await withTemporaryDirectory { folder in
            let path = folder.resolvingSymlinksInPath().path(percentEncoded: false)
            let top = path.hasSuffix("/") ? String(path.dropLast()) : path
            let games = try LinkGames(in: top, root: top + "/root")
            let before = try games.state()
            let files = ConfinedFolder(root: games.root)
            let manager = FileManager.default
            for _ in 0..<50 {
                let tree = games.root + "/tree"
                try manager.createDirectory(atPath: tree + "/spot", withIntermediateDirectories: true)
                _ = manager.createFile(atPath: tree + "/spot/canary", contents: Data())
                try manager.createSymbolicLink(atPath: tree + "/link", withDestinationPath: "../../outside")
                let swapper = Swapper(tree)
                _ = refusal { try files.delete("tree") }
                _ = swapper.stop()
                #expect(try games.state() == before)
                _ = refusal { try files.delete("tree") }
            }
        }
    }

    @Test("of many writers who had read the same, one wins", arguments: ["version", "original", "new"])
    func oneWriter(lock: String) async throws {
        try await withTemporaryDirectory { folder in
            let files = ConfinedFolder(root: folder.path(percentEncoded: false))
            for round in 0..<30 {
                let name = "deep/\(round)/file"
                var version = ""
                if lock != "new" { version = try files.write(name, Data("old".utf8)).version }
                let known = version
                let wins = await withTaskGroup(of: Bool.self) { group in
                    for n in 0..<8 {
                        group.addTask {
                            refusal {
                                try files.write(
                                    name,
                                    Data("\(n)".utf8),
                                    version: lock == "original" ? nil : known,
                                    original: lock == "original" ? Data("old".utf8) : nil
                                )
                            } == nil
                        }
                    }
                    return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
                }
                #expect(wins == 1, "\(lock), round \(round)")
            }
        }
    }

    @Test("a file that must be new does not replace one that came meanwhile, whoever made it")
    func newFile() async throws {
        try await withTemporaryDirectory { folder in
            let root = folder.path(percentEncoded: false)
            let files = ConfinedFolder(root: root)
            for round in 0..<300 {
                let name = "f\(round)"
                async let other = Self.make(root + "/" + name)
                let refused = refusal {
                    try files.write(name, Data("x".utf8), version: "")
                }
                let descriptor = await other
                if descriptor >= 0 { close(descriptor) }
                // Exactly one of the two made it.
                #expect((refused == nil) != (descriptor >= 0))
                if let refused { #expect(refused == .changed) }
            }
        }
    }

    @concurrent private static func make(_ path: String) async -> CInt {
        open(path, O_WRONLY | O_CREAT | O_EXCL, 0o600)
    }
}
