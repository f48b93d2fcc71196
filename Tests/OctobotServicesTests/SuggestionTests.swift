import Foundation
import OctobotAPI
import OctobotModel
import OctobotTestSupport
import Testing

@testable import OctobotServices

@Suite("Suggestions of folders", .timeLimit(.minutes(1)))
struct SuggestionTests {
    /// Runs `body` with a home: `al/` and `alice/` beside it, in it `src/` with repositories, links and hidden folders.
    private func withHome(_ body: (_ home: String, _ ask: (String) -> [Suggestion]) async throws -> Void) async throws {
        try await withTemporaryDirectory { folder in
            let home = folder.path(percentEncoded: false) + "/al"
            let manager = FileManager.default
            for name in ["al/src/one/.git", "al/src/two", "al/src/three", "al/.hidden", "alice/secret"] {
                try manager.createDirectory(
                    atPath: folder.path(percentEncoded: false) + "/" + name,
                    withIntermediateDirectories: true
                )
            }
            try Data("gitdir: x".utf8).write(to: URL(filePath: home + "/src/three/.git"))
            try Data().write(to: URL(filePath: home + "/src/tfile"))
            try manager.createSymbolicLink(atPath: home + "/src/tlink", withDestinationPath: "two")
            let clean = home.replacing("//", with: "/")
            try await body(clean) { FolderQuery($0, home: clean)?.answer() ?? [] }
        }
    }

    @Test("folders in a folder, or those that begin as what was typed; work trees are told")
    func folders() async throws {
        try await withHome { home, ask in
            let all = [
                Suggestion(value: "~/src/one", valid: true), Suggestion(value: "~/src/three", valid: true),
                Suggestion(value: "~/src/two", valid: false),
            ]
            #expect(ask("~/src") == all)
            #expect(ask("~/src/") == all)
            #expect(ask(home + "/src/t") == Array(all.dropFirst()))
            #expect(ask("~/src/T").isEmpty)
            #expect(ask("~").map(\.value) == ["~/src"])
            #expect(ask("~/.").map(\.value) == ["~/.hidden"])
            // The home is a folder, not the beginning of a name.
            #expect(ask(home + "i").map(\.value) == [home + "ice"])
            for n in 0..<20 {
                try FileManager.default.createDirectory(
                    atPath: home + "/src/many\(n)",
                    withIntermediateDirectories: true
                )
            }
            #expect(ask("~/src/m").count == 10)
        }
    }

    @Test(
        "what names no folder has no answer",
        arguments: [
            "", " ", ".", "..", "src", "./src", "../al", "~root", "~root/", "~/..", "~/../alice", "/..",
            "/proc/self/../..", "/\0", "/a\nb",
            "/tmp\u{7F}", "$HOME", "`id`", "$(id)", "file:///", "//\u{301}", "C:\\", "\\\\x", "~/src/tfile/",
            "~/src/tfile/x", "/dev/null/x",
            "/nonexistent/", "/nonexistent/x", "*", "/*", "~/src/*", "~/src/tlink/../one",
        ]
    )
    func hostile(text: String) async throws {
        try await withHome { _, ask in #expect(ask(text).isEmpty, "\(ask(text))") }
    }

    @Test("a very long text, and a folder nobody may read, have no answer")
    func extremes() async throws {
        try await withHome { _, ask in
            #expect(ask("/" + String(repeating: "a/", count: 5000)).isEmpty)
            #expect(ask("~/" + String(repeating: "a", count: 4000)).isEmpty)
        }
    }

    @Test("only the local user as owner is told, and only where it is switched on")
    func owners() async throws {
        try await withHouse { house in
            try await house.live { life in
                let params = ListSuggestions.Params(q: "/")
                func suggestions(_ enabled: Bool) -> SuggestionService {
                    SuggestionService(projects: life.services.projects, home: "/root", isEnabled: enabled)
                }
                let told = try await suggestions(true).list(params, life.call).items
                #expect(!told.isEmpty)
                #expect(try await suggestions(false).list(params, life.call).items.isEmpty)
                #expect(try await life.services.suggestions.list(params, life.call).items.isEmpty)
                let other = Call(principal: Principal(userID: "someone", name: "Someone"), requestID: "r")
                #expect(try await suggestions(true).list(params, other).items.isEmpty)
                let elsewhere = ListSuggestions.Params(projectID: "other", q: "/")
                #expect(try await suggestions(true).list(elsewhere, life.call).items.isEmpty)
                let kind = ListSuggestions.Params(q: "/", type: "file")
                #expect(try await suggestions(true).list(kind, life.call).items.isEmpty)
            }
        }
    }
}
