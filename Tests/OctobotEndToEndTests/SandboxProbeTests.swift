import CLinux
import Foundation
import JSONText
import OctobotTestSupport
import Testing

/// What a program in the local sandbox can reach: nothing of the host.
@Suite("probes from inside the sandbox", .serialized, .timeLimit(.minutes(5)))
struct SandboxProbeTests {
    /// Runs a shell command in the session's sandbox and gives its output.
    private func run(_ command: String, _ peer: RPCPeer, _ session: JSONValue) async throws -> String {
        let (state, chunks) = try await peer.turn("/run \(command)", in: session)
        #expect(state["state"] == "completed", "\(state)")
        let output = chunks.first { $0["type"] == "tool-output-available" || $0["type"] == "tool-output-error" }
        return output.map { String(decoding: $0.serialized(), as: UTF8.self) } ?? ""
    }

    @Test("files of the host, other sessions, processes and ports are out of reach")
    func outOfReach() async throws {
        try await withDaemon { daemon in
            let repository = try await ScratchRepository(in: daemon.folder)
            try repository.write("mine.txt", "needle-in-the-users-folder\n")
            try repository.write(".gitignore", "ignored\n")
            try repository.write("ignored", "needle-ignored\n")
            let peer = try daemon.connect()
            let session = try await peer.session(of: repository)
            let id = try #require(session["id"])
            let other = try await peer.call(
                "session.create",
                ["workspaceId": session["workspaceId"] ?? .null]
            )
            try await peer.ready(other["id"] ?? .null)
            try await peer.turn("/write secret.txt needle-of-the-other-session", in: other["id"] ?? .null)

            let root = daemon.folder.path(percentEncoded: false)
            let port = try #require(try await daemon.gateway().split(separator: ":").last)
            let unreachable = [
                "cat /etc/shadow", "cat \(repository.path)/mine.txt", "ls \(root)", "ls /root", "ls /home/*/.ssh",
                "head -c 16 \(root)/data/octobot/octobot.db", "cat \(root)/state/octobot/key",
                "ls \(root)/data/octobot/sandboxes", "ls /var/lib", "cat /proc/1/root/etc/shadow",
                "cat /sys/kernel/security/lsm", "ls /run/systemd", "mount -t tmpfs none /mnt", "unshare -U true",
                "chroot / true", "mknod /tmp/null c 1 3", "bash -c 'exec 3<>/dev/tcp/127.0.0.1/\(port)'",
                "bash -c 'exec 3<>/dev/tcp/169.254.169.254/80'", "touch /.workspace/x", "touch /usr/x",
                "touch /opt/octobot/bin/x", "cat /proc/kcore", "dmesg",
            ]
            for command in unreachable {
                let output = try await run(
                    "if \(command) >/tmp/out 2>&1; then echo REACHED; else echo refused; fi",
                    peer,
                    id
                )
                #expect(output.contains("refused"), "\(command): \(output)")
                #expect(!output.contains("REACHED"), "\(command): \(output)")
            }
            let needles = try await run(
                "grep -rs -e needle-in -e needle-ignored -e needle-of / --exclude-dir=proc --exclude-dir=sys --exclude-dir=.octobot | head -3; echo searched",
                peer,
                id
            )
            #expect(needles.contains("searched"))
            #expect(
                !needles.contains("users-folder") && !needles.contains("other-session")
                    && !needles.contains("needle-ignored")
            )
            let processes = try await run("cat /proc/[0-9]*/comm | sort | uniq -c", peer, id)
            #expect(!processes.contains("octobotd"))
            #expect(!processes.contains("systemd"))
            let secrets = try await run("env", peer, id)
            #expect(!secrets.contains("OCTOBOT_SECRET"))
            let identity = try await run(
                "id -u; id -un; grep CapEff /proc/self/status; grep NoNewPrivs /proc/self/status",
                peer,
                id
            )
            #expect(identity.contains("1000") && identity.contains("octobot"))
            #expect(identity.contains("0000000000000000"))
        }
    }

    @Test("the egress proxy refuses the host however it is spelt")
    func egress() async throws {
        try await withDaemon { daemon in
            let repository = try await ScratchRepository(in: daemon.folder)
            let peer = try daemon.connect()
            let session = try await peer.session(of: repository)
            let id = try #require(session["id"])
            let port = String(try #require(try await daemon.gateway().split(separator: ":").last))
            let spellings = [
                "127.0.0.1", "127.1", "2130706433", "0x7f000001", "017700000001", "0.0.0.0", "[::1]", "[::]",
                "[::ffff:127.0.0.1]", "[0:0:0:0:0:ffff:7f00:1]", "localhost", "LOCALHOST.", "169.254.169.254",
                "[fe80::1]", "127.0.0.2",
            ]
            for host in spellings {
                let command =
                    "bash -c 'exec 3<>/dev/tcp/127.0.0.1/17080; printf \"CONNECT \(host):\(port) HTTP/1.1\\r\\nHost: \(host):\(port)\\r\\n\\r\\n\" >&3; head -1 <&3'"
                let output = try await run(command, peer, id)
                #expect(output.contains("403") || output.contains("400"), "\(host): \(output)")
                #expect(!output.contains(" 200 "), "\(host): \(output)")
            }
        }
    }
}
