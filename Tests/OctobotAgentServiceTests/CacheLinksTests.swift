import CLinux
import Foundation
import OctobotTestSupport
import Testing

@testable import OctobotAgentService

@Suite("Links from the home into the project's cache", .timeLimit(.minutes(1)))
struct CacheLinksTests {
    /// A home with a workspace, a cache and something that is neither, as a sandbox has them.
    private struct Place {
        let root: String
        var home: String { root + "/home" }
        var workspace: String { home + "/workspace" }
        var cache: String { root + "/cache" }
        var outside: String { root + "/outside" }
        var links: CacheLinks { CacheLinks(home: home, workspace: workspace, cache: cache) }

        func stored(_ path: String) -> String { cache + home + "/" + path }

        func wish(_ text: String) throws {
            try FileManager.default.createDirectory(
                atPath: workspace + "/.octobot",
                withIntermediateDirectories: true
            )
            try Data(text.utf8).write(to: URL(filePath: workspace + "/.octobot/cache.json"))
        }

        func link(_ path: String) -> String? {
            try? FileManager.default.destinationOfSymbolicLink(atPath: home + "/" + path)
        }

        func tree(_ folder: String) throws -> [String] {
            try FileManager.default.subpathsOfDirectory(atPath: folder).sorted()
        }
    }

    private func withPlace(_ body: (Place) throws -> Void) async throws {
        try await withTemporaryDirectory { folder in
            let place = Place(root: folder.path)
            for path in [place.workspace, place.cache, place.outside] {
                try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            }
            try body(place)
        }
    }

    @Test("every usual place is one, whatever runs through it is in the cache, and a second start changes nothing")
    func usual() async throws {
        try await withPlace { place in
            for _ in 0..<2 {
                #expect(place.links.make() == [])
                for path in CacheLinks.usual { #expect(place.link(path) == place.stored(path)) }
            }
            try Data("x".utf8).write(to: URL(filePath: place.home + "/.cargo/registry/index"))
            #expect(FileManager.default.fileExists(atPath: place.stored(".cargo/registry/index")))
            var facts = stat()
            #expect(stat(place.stored("go/pkg/mod"), &facts) == 0 && facts.st_mode & 0o777 == 0o777)
        }
    }

    @Test("what a place holds already stays there")
    func taken() async throws {
        try await withPlace { place in
            let files = FileManager.default
            try files.createDirectory(atPath: place.home + "/.npm/mine", withIntermediateDirectories: true)
            try Data("f".utf8).write(to: URL(filePath: place.home + "/.cache"))
            try files.createDirectory(atPath: place.home + "/.gem", withIntermediateDirectories: true)
            try files.createSymbolicLink(atPath: place.home + "/.yarn", withDestinationPath: place.outside)
            #expect(place.links.make() == [])
            #expect(files.fileExists(atPath: place.home + "/.npm/mine") && place.link(".npm") == nil)
            #expect(try String(contentsOfFile: place.home + "/.cache", encoding: .utf8) == "f")
            #expect(place.link(".yarn") == place.outside)
            // Empty is as good as not there.
            #expect(place.link(".gem") == place.stored(".gem"))
        }
    }

    @Test("the workspace adds its own, and without a cache the links are taken away again")
    func own() async throws {
        try await withPlace { place in
            try place.wish(#"{"additionalPaths": ["\#(place.home)/.cache2/deep/er"], "later": 1}"#)
            #expect(place.links.make() == [])
            #expect(place.link(".cache2/deep/er") == place.stored(".cache2/deep/er"))
            let gone = CacheLinks(home: place.home, workspace: place.workspace, cache: place.root + "/none")
            #expect(gone.make() == [])
            // They led into the cache that was there, and are none of a cache elsewhere.
            #expect(place.link(".npm") == place.stored(".npm"))
            try FileManager.default.moveItem(atPath: place.cache, toPath: place.outside + "/cache")
            #expect(place.links.make() == [])
            #expect(place.link(".npm") == nil && place.link(".cache2/deep/er") == nil)
        }
    }

    @Test("a path that leads anywhere else is refused, and the others are linked all the same")
    func refused() async throws {
        try await withPlace { place in
            let home = place.home
            try FileManager.default.createSymbolicLink(atPath: home + "/way", withDestinationPath: place.outside)
            // Whoever shares the cache may have made it.
            let shared = place.stored(String(place.workspace.dropFirst(home.count + 1)))
            try FileManager.default.createDirectory(atPath: shared, withIntermediateDirectories: true)
            let odd = [
                "/etc/x", "\(home)", "\(home)/", "\(home)/../outside/x", "\(home)/a/../../outside", "\(home)//x",
                "\(home)/./x", "x", "../x", "", "\(home)2/x", place.workspace, place.workspace + "/node_modules",
                "\(home)/.octobot/spool", "\(home)/way/x",
                // One character, of which the first byte is a slash.
                place.workspace + "/\u{338}x", "\(home)/a/\u{338}/../../../outside/x", "\(home)/.npm/x",
                "\(home)/a\u{0}b",
                "\(home)/" + String(repeating: "n", count: 300), "\(home)/" + String(repeating: "n/", count: 800) + "n",
            ]
            let before = try place.tree(place.outside)
            for path in odd {
                let wish = try JSONSerialization.data(withJSONObject: ["additionalPaths": [path, "\(home)/good"]])
                try place.wish(String(decoding: wish, as: UTF8.self))
                #expect(place.links.make().count == 1, "\(path)")
                #expect(place.link("good") == place.stored("good"))
            }
            #expect(try place.tree(place.outside) == before)
            #expect(try place.tree(place.workspace) == [".octobot", ".octobot/cache.json"])
        }
    }

    @Test(
        "a file that is not what it should be is refused with one complaint",
        arguments: [
            "", "{", "[]", "7", #"{"additionalPaths": "x"}"#, #"{"additionalPaths": [1]}"#,
            String(repeating: "[", count: 10_000), #"{"additionalPaths": []}"# + String(repeating: " ", count: 70_000),
        ]
    )
    func badFile(text: String) async throws {
        try await withPlace { place in
            try place.wish(text)
            #expect(place.links.make().count == 1)
            #expect(place.link(".npm") == place.stored(".npm"))
        }
    }

    @Test("a file that is a link, a pipe or a folder is not read")
    func oddFile() async throws {
        try await withPlace { place in
            let path = place.workspace + "/.octobot/cache.json"
            try Data(#"{"additionalPaths": ["\#(place.home)/stolen"]}"#.utf8).write(
                to: URL(filePath: place.outside + "/cache.json")
            )
            let games: [() throws -> Void] = [
                {
                    try FileManager.default.createSymbolicLink(
                        atPath: path,
                        withDestinationPath: place.outside + "/cache.json"
                    )
                },
                { #expect(mkfifo(path, 0o600) == 0) },
                { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false) },
                {
                    try FileManager.default.removeItem(atPath: place.workspace + "/.octobot")
                    try FileManager.default.createSymbolicLink(
                        atPath: place.workspace + "/.octobot",
                        withDestinationPath: place.outside
                    )
                },
            ]
            try place.wish("{}")
            for game in games {
                try FileManager.default.removeItem(atPath: path)
                try game()
                #expect(place.links.make().count == 1)
                #expect(place.link("stolen") == nil)
                if !FileManager.default.fileExists(atPath: path) { try Data().write(to: URL(filePath: path)) }
            }
        }
    }

    @Test("links in the cache, which others of the project may have laid, are not followed")
    func hostileCache() async throws {
        try await withPlace { place in
            try FileManager.default.createDirectory(atPath: place.cache + place.home, withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(atPath: place.stored(".npm"), withDestinationPath: place.outside)
            try FileManager.default.createSymbolicLink(atPath: place.stored("go"), withDestinationPath: place.outside)
            let complaints = place.links.make()
            #expect(complaints.count == 2, "\(complaints)")
            #expect(place.link(".npm") == nil && place.link("go/pkg/mod") == nil)
            #expect(try place.tree(place.outside) == [])
        }
    }
}
