import Foundation
import JSONText
import OctobotTestSupport
import Testing

/// No text a client sends, and nothing a repository configures, makes git run a program or write elsewhere.
@Suite("options and programs smuggled into git", .serialized, .timeLimit(.minutes(10)))
struct OptionInjectionTests {
    /// Texts that are options, programs or transports somewhere in git; all leave `mark` behind when they work.
    private static func texts(_ mark: String) -> [String] {
        [
            "--upload-pack=touch \(mark)", "--upload-pack=touch\(mark)", "-c", "-ccore.fsmonitor=touch \(mark)",
            "-c core.sshCommand=touch \(mark)", "--config=core.pager=touch \(mark)", "--exec=touch \(mark)",
            "--exec-path=\(mark)",
            "--output=\(mark)", "-o\(mark)", "--output-directory=\(mark)", "--git-dir=\(mark)", "--work-tree=/", "-C/",
            "--help",
            "--ext-diff", "--textconv", "--pathspec-from-file=/etc/passwd", "--file=/etc/passwd", "--template=\(mark)",
            "-p",
            "ext::sh -c touch% \(mark)", "ext::touch \(mark)", "file://\(mark)", "file:///etc",
            "ssh://-oProxyCommand=touch \(mark)/x",
            "ssh://x@-oProxyCommand=touch \(mark)/x", "-oProxyCommand=touch \(mark)", "git@-oProxyCommand=touch:x",
            "fd::7", "http::x",
            "$(touch \(mark))", "`touch \(mark)`", ";touch \(mark)", "|touch \(mark)", "&& touch \(mark)",
            "\ntouch \(mark)\n",
            ":(exclude)*", ":(attr:x)", ":!x", ":/", "@{-1}", "HEAD@{upstream}", "HEAD:../../x", "--",
            "--end-of-options", "-", "\0",
        ]
    }

    /// A repository whose settings, attributes and hooks name programs wherever git lets them.
    private func hostile(in folder: URL, _ mark: String) async throws -> ScratchRepository {
        let repository = try await ScratchRepository(in: folder)
        let program = "touch \(mark)"
        let settings = [
            "core.fsmonitor", "core.sshCommand", "core.editor", "core.pager", "core.askPass", "core.gitProxy",
            "core.alternateRefsCommand",
            "diff.external", "diff.evil.textconv", "diff.evil.command", "filter.evil.clean", "filter.evil.smudge",
            "filter.evil.process",
            "merge.evil.driver", "gpg.program", "gpg.ssh.program", "credential.helper", "sequence.editor",
            "uploadpack.packObjectsHook",
            "interactive.diffFilter", "pager.log", "pager.diff", "alias.log", "alias.diff", "trailer.x.command",
            "difftool.x.cmd",
        ]
        for name in settings {
            try await repository.git("config", name, name == "credential.helper" ? "!" + program : program)
        }
        for (name, value) in [
            ("commit.gpgSign", "true"), ("core.hooksPath", ".hooks"), ("log.showSignature", "true"),
            ("remote.origin.url", "ext::" + program),
            ("remote.origin.uploadpack", program), ("remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*"),
            ("remote.origin.vcs", "ext"), ("url.ext::" + program + ".insteadOf", "https://"),
        ] {
            try await repository.git("config", name, value)
        }
        try repository.write(".gitattributes", "* diff=evil filter=evil merge=evil\n")
        for hook in [
            "pre-commit", "commit-msg", "post-commit", "post-checkout", "prepare-commit-msg", "reference-transaction",
            "post-index-change",
        ] {
            for place in [".git/hooks/", ".hooks/"] {
                try repository.write(place + hook, "#!/bin/sh\n\(program)\n")
                #expect(chmod(repository.path + "/" + place + hook, 0o755) == 0)
            }
        }
        return repository
    }

    @Test("nothing is run but git, nothing is written outside, nothing breaks")
    func everywhere() async throws {
        try await withDaemon { daemon in
            let top = daemon.folder.resolvingSymlinksInPath().path(percentEncoded: false)
            let marks = (top.hasSuffix("/") ? String(top.dropLast()) : top) + "/marks"
            let mark = marks + "/mark"
            try FileManager.default.createDirectory(atPath: marks, withIntermediateDirectories: true)
            let peer = try daemon.connect()
            let tame = try await ScratchRepository(in: daemon.folder, named: "tame")
            let repository = try await hostile(in: daemon.folder, mark)
            let ids = [
                try await peer.workspace(of: tame)["id"] ?? .null,
                try await peer.workspace(of: repository)["id"] ?? .null,
            ]
            let pid = try #require(await daemon.pid)
            // Its params are wrong on purpose.
            let attacker = try daemon.connectUnwatched()
            let trace = try await SystemCallTrace.of(pid, in: daemon.folder) {
                let texts = Self.texts(mark)
                try await attack(attacker, ids[0], texts)
                // What the repository names is run or not whatever the text is; strace makes each call slow.
                try await attack(attacker, ids[1], stride(from: 0, to: texts.count, by: 8).map { texts[$0] })
                for text in Self.texts(mark) {
                    try await refusedOrDone(attacker, "workspace.create", ["path": .string(text)])
                    guard !text.contains("\0") else { continue }
                    try await repository.git("config", "remote.origin.url", text)
                    try await refusedOrDone(attacker, "git.fetch", ["workspaceId": ids[1]])
                }
            }
            let foreign = trace.programs.filter { !Self.isGit($0) }
            #expect(foreign.isEmpty, "\(foreign.prefix(10))")
            #expect(!trace.programs.isEmpty)
            let outside = trace.changed.filter { path in
                !path.hasPrefix(top) && !["/dev/", "/proc/"].contains { path.hasPrefix($0) }
            }
            #expect(outside.isEmpty, "\(outside.sorted().prefix(10))")
            #expect(try FileManager.default.contentsOfDirectory(atPath: marks).isEmpty)
            #expect(try await tame.git("fsck", "--strict").isEmpty)
        }
    }

    /// Every string parameter of `git.*` with every text.
    private func attack(_ peer: RPCPeer, _ id: JSONValue, _ texts: [String]) async throws {
        func call(_ method: String, _ params: [String: JSONValue]) async throws {
            try await refusedOrDone(peer, method, .object(params.merging(["workspaceId": id]) { $1 }))
        }
        for text in texts.map(JSONValue.string) {
            try await call("git.log", ["ref": text])
            try await call("git.log", ["cursor": text])
            try await call("git.files", ["ref": text])
            try await call("git.files", ["cursor": text])
            try await call("git.branches", ["cursor": text])
            try await call("git.diff", ["base": text])
            try await call("git.diff", ["base": "HEAD", "head": text])
            try await call("git.diff", ["paths": [text]])
            try await call("git.read", ["path": text])
            try await call("git.read", ["path": "plants.txt", "ref": text])
            try await call("git.checkout", ["ref": text])
            try await call("git.write", ["path": text, "content": text])
            try await call("git.write", ["path": "plants.txt", "content": text, "version": text])
            try await call("git.stage", ["paths": [text]])
            try await call("git.commit", ["message": text, "authorName": text, "authorEmail": text])
        }
        for method in ["git.status", "git.diff", "git.branches", "git.log", "git.fetch"] { try await call(method, [:]) }
        try await call("git.stage", [:])
        try await call("git.commit", ["message": "all of it"])
        try await call("git.checkout", ["ref": "HEAD~1"])
    }

    /// What a call may end in: its result, or a fault that is not the daemon's own.
    private func refusedOrDone(_ peer: RPCPeer, _ method: String, _ params: JSONValue) async throws {
        do {
            _ = try await peer.call(method, params)
        } catch let refused as RPCPeer.Refused {
            let type = refused.error["data"]?["type"]?.stringValue
            #expect(type != nil && type != "Internal", "\(method) \(params): \(refused.error)")
        }
    }

    /// git, its parts, what changes the user for it, and the shell it starts its own other half through.
    private static func isGit(_ program: SystemCallTrace.Program) -> Bool {
        if program.name == "git" || program.name.hasPrefix("git-") || program.name == "setpriv" { return true }
        return program.name == "sh" && program.line.firstMatch(of: /"-c", "git[ -]upload-pack '/) != nil
    }
}
