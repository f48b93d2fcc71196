import Foundation
import OctobotTestSupport
import Synchronization
import Testing

@testable import GitCommand

@Suite("Recovery of interrupted moves", .timeLimit(.minutes(8)))
struct RecoveryTests {
    /// A workshop whose session has rewritten, added and removed many files.
    private func withLargeWork(_ body: (Workshop, BranchMove) async throws -> Void) async throws {
        var files = ["mine.txt": "committed\n", "staged.txt": "committed\n"]
        for number in 0..<60 { files["src/\(number % 6)/f\(number).txt"] = Self.text(number, "old") }
        try await withTemporaryDirectory { folder in
            let shop = try await Workshop(folder, files: files)
            for number in 0..<40 {
                try shop.session.write("src/\(number % 6)/f\(number).txt", Self.text(number, "new"))
            }
            for number in 40..<50 {
                try FileManager.default.removeItem(atPath: shop.session.path + "/src/\(number % 6)/f\(number).txt")
            }
            for number in 0..<20 { try shop.session.write("added/\(number).txt", Self.text(number, "added")) }
            try FileManager.default.removeItem(atPath: shop.session.path + "/src/5")
            try shop.session.write("src/5", "a file now\n")
            try await shop.session.commit("a lot")
            try shop.user.write("mine.txt", "not committed\n")
            try shop.user.write("untracked/u.txt", "u\n")
            try await body(shop, try await shop.prepared())
        }
    }

    private static func text(_ number: Int, _ word: String) -> String {
        String(repeating: "\(word) \(number) lorem ipsum dolor sit amet\n", count: 4000)
    }

    private func expectWhole(_ shop: Workshop, at move: BranchMove, _ note: String) async throws {
        #expect(try await shop.user.head() == move.new, "\(note)")
        #expect(try await shop.user.status() == " M mine.txt\n?? untracked/", "\(note)")
        #expect(try shop.user.read("mine.txt") == "not committed\n", "\(note)")
        let locks = try FileManager.default.subpathsOfDirectory(atPath: shop.user.path + "/.git").filter {
            $0.hasSuffix(".lock")
        }
        #expect(locks.isEmpty, "\(note)")
        #expect(try await shop.user.git("fsck", "--strict", "--no-dangling") == "", "\(note)")
    }

    @Test("killed at 50 random moments, a move is whole once recovery has run, and the user's changes stand")
    func killed() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        var random = SeededGenerator(seed: seed)
        try await withLargeWork { shop, move in
            // About as long as a whole move takes; follows what is seen, for the machine may be busy.
            var whole = try await Self.duration(of: move, shop)
            var interrupted = 0
            for round in 0..<50 {
                let delay = Duration.microseconds(Int64.random(in: 0...Int64(whole), using: &random))
                try await shop.git.withWork(on: move) { work async throws(GitError) in
                    guard try await work.mayBegin() else { return }
                    // Kills the whole session of the process, as a power cut would; the daemon's own way of dying.
                    let status = try await work.run(.careful) { process in
                        Thread.detachNewThread {
                            usleep(UInt32(delay / .microseconds(1)))
                            kill(-process, SIGKILL)
                        }
                    }
                    if status != 0 { interrupted += 1 }
                    whole *= status == 0 ? 0.85 : 1.1
                }
                let next = try Workshop.makeGit(shop.folder)
                try await next.recover(move)
                try await expectWhole(shop, at: move, "round \(round) after \(delay), seed \(seed)")
                try await Self.takeBack(move, shop)
            }
            print("interrupted \(interrupted) of 50")
            #expect(interrupted >= 10)
        }
    }

    /// Microseconds the process of an undisturbed move takes.
    private static func duration(of move: BranchMove, _ shop: Workshop) async throws -> Double {
        let time = try await shop.git.withWork(on: move) { work async throws(GitError) -> Duration in
            _ = try await work.mayBegin()
            let start = ContinuousClock.now
            _ = try await work.run(.careful)
            return ContinuousClock.now - start
        }
        try await takeBack(move, shop)
        return max(time / .microseconds(1), 2000)
    }

    private static func takeBack(_ move: BranchMove, _ shop: Workshop) async throws {
        try await shop.user.git("reset", "--quiet", "--keep", move.old)
    }

    @Test("the next daemon waits for the process of the one before")
    func overlapping() async throws {
        try await withLargeWork { shop, move in
            let next = try Workshop.makeGit(shop.folder)
            try await withThrowingTaskGroup(of: Void.self) { group in
                let (starts, start) = AsyncStream<Void>.makeStream()
                group.addTask {
                    try await shop.git.withWork(on: move) { work async throws(GitError) in
                        guard try await work.mayBegin() else { return }
                        _ = try await work.run(.careful) { _ in start.finish() }
                    }
                }
                for await _ in starts {}
                group.addTask { try await next.recover(move) }
                try await group.waitForAll()
            }
            try await expectWhole(shop, at: move, "")
            #expect(try await shop.user.git("reflog", "--format=%gs").split(separator: "\n").count == 2)
        }
    }

    @Test("every mixture of old, new, missing and half-written files is brought to the new commit")
    func mixtures() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        var random = SeededGenerator(seed: seed)
        try await withLargeWork { shop, move in
            for _ in 0..<5 {
                for number in 0..<40 where number % 6 != 5 {
                    let name = "src/\(number % 6)/f\(number).txt"
                    switch Int.random(in: 0..<4, using: &random) {
                    case 0: break
                    case 1: try shop.user.write(name, Self.text(number, "new"))
                    case 2: try FileManager.default.removeItem(atPath: shop.user.path + "/" + name)
                    default:
                        try shop.user.write(
                            name,
                            String(Self.text(number, "new").prefix(Int.random(in: 0...5000, using: &random)))
                        )
                    }
                }
                for number in 0..<10 { try shop.user.write("added/\(number).txt", "") }
                try shop.user.write(".git/index.lock", "half an ind")
                try shop.user.write(".git/HEAD.lock", "")
                try shop.user.write(".git/refs/heads/main.lock", move.new + "\n")
                try await shop.git.recover(move)
                try await expectWhole(shop, at: move, "seed \(seed)")
                try await Self.takeBack(move, shop)
            }
        }
    }

    @Test("a recorded move of which nothing has happened is done, or `moved` when the user went on")
    func untouched() async throws {
        try await withLargeWork { shop, move in
            try await shop.user.git("commit", "--quiet", "--allow-empty", "--message", "mine")
            let before = try await MoveTests.picture(of: shop.user)
            #expect(await obstacle { try await shop.git.recover(move) } == .moved)
            #expect(try await MoveTests.picture(of: shop.user) == before)
            try await shop.user.git("reset", "--quiet", "--soft", move.old)
            try await shop.git.recover(move)
            try await expectWhole(shop, at: move, "")
        }
    }

    @Test("commits the user made on top mean that it was done")
    func onTop() async throws {
        try await withLargeWork { shop, move in
            try await shop.git.perform(move)
            let head = try await shop.user.commit("mine on top")
            try await shop.git.recover(move)
            #expect(try await shop.user.head() == head)
        }
    }

    @Test("a file the user changed in between is kept, and told")
    func changed() async throws {
        try await withLargeWork { shop, move in
            try shop.user.write("src/0/f0.txt", Self.text(0, "new"))
            try shop.user.write("src/1/f1.txt", "written by the user since\n")
            #expect(await obstacle { try await shop.git.recover(move) } == .changed)
            #expect(try shop.user.read("src/1/f1.txt") == "written by the user since\n")
            #expect(try await shop.user.head() == move.old)
            try await shop.user.git("add", "src/1/f1.txt")
            #expect(await obstacle { try await shop.git.recover(move) } == .changed)
            #expect(try shop.user.read("src/1/f1.txt") == "written by the user since\n")
        }
    }

    @Test("a lock that a git at work holds is waited for")
    func waits() async throws {
        try await withLargeWork { shop, move in
            // A git that works in the repository for as long as its input is open.
            let pipe = Pipe()
            let git = Process()
            git.executableURL = URL(filePath: "/usr/bin/git")
            git.arguments = ["-C", shop.user.path, "cat-file", "--batch"]
            git.standardInput = pipe
            git.standardOutput = FileHandle.nullDevice
            try git.run()
            defer { git.terminate() }
            try shop.user.write(".git/index.lock", "held")
            let isDone = Flag()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await shop.git.recover(move)
                    isDone.raise()
                }
                try await Task.sleep(for: .milliseconds(800))  // ok: longer than a lock without an owner is left alone
                #expect(!isDone.isRaised)
                #expect(shop.user.exists(".git/index.lock"))
                try pipe.fileHandleForWriting.close()
                try await group.waitForAll()
            }
            try await expectWhole(shop, at: move, "")
        }
    }

    @Test("a move that fails half way, the disk being full, leaves the old state behind")
    func rolledBack() async throws {
        try await withLargeWork { shop, move in
            // A folder that cannot be written stands for the full disk; root could write it.
            let isRoot = geteuid() == 0
            try #require(!isRoot || Self.makeImmutable(shop.user.path + "/src/4", true))
            let before = try await MoveTests.picture(of: shop.user)
            await #expect(throws: GitError.self) { try await shop.git.perform(move) }
            #expect(try await MoveTests.picture(of: shop.user) == before)
            _ = Self.makeImmutable(shop.user.path + "/src/4", false)
            try await shop.git.perform(move)
            try await expectWhole(shop, at: move, "")
        }
    }

    private static func makeImmutable(_ path: String, _ isImmutable: Bool) -> Bool {
        if geteuid() != 0 { return chmod(path, isImmutable ? 0o555 : 0o755) == 0 }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/chattr")
        process.arguments = [isImmutable ? "+i" : "-i", path]
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }
}

private final class Flag: Sendable {
    private let state = Mutex(false)
    var isRaised: Bool { state.withLock { $0 } }
    func raise() { state.withLock { $0 = true } }
}
