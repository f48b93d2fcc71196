import GitCommand
import Testing

@Suite("Sources of workspaces", .timeLimit(.minutes(1)))
struct GitSourceTests {
    @Test(
        "https, ssh and the short form are URLs",
        arguments: [
            "https://example.org/a/b.git", "ssh://git@example.org/a.git", "ssh://example.org:22/a",
            "git@example.org:a/b.git",
            "HTTPS://example.org/a",
        ]
    )
    func url(text: String) { #expect(GitSource.classify(text) == .url(text)) }

    @Test("anything that is no URL is a path", arguments: ["/srv/a.git", "./a", "~/work", "a:b", "C@x"])
    func path(text: String) { #expect(GitSource.classify(text) == .path(text)) }

    @Test(
        "other transports, options, credentials and control characters are refused",
        arguments: [
            "", "-u", "--upload-pack=/bin/sh", "http://example.org/a", "git://example.org/a", "file:///etc",
            "ext::sh -c id",
            "ssh://-oProxyCommand=id/a", "https://user:token@example.org/a", "https://token@example.org/a",
            "ssh://u:p@example.org/a", "https://", "https://example.org", "https://example.org/a\nb", "git@-oX:a",
            "git@h:-x",
        ]
    )
    func refused(text: String) {
        guard case .refused(let reason) = GitSource.classify(text) else {
            Issue.record("\(text) was taken")
            return
        }
        #expect(!reason.isEmpty)
        #expect(!reason.contains("token"))
    }
}
