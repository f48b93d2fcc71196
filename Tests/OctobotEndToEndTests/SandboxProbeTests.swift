import CLinux
import Foundation
import JSONText
import OctobotTestSupport
import Testing

/// What a program in a sandbox can reach: nothing of the host, of octobotd or of other sandboxes.
@Suite("probes from inside the sandbox", .serialized, .timeLimit(.minutes(5)))
struct SandboxProbeTests {
    @Test("not one of the probes gets out, though on the host every one of them does", arguments: SandboxKind.usable)
    func probes(kind: SandboxKind) async throws {
        try await kind.withSandboxes(isStarted: false) { daemon, engine in
            let keyFile = daemon.folder.appending(path: "key-number").path(percentEncoded: false)
            try await daemon.start(through: ["/usr/bin/env", "python3", "-I", "-c", ProbeProgram.keyring, keyFile])
            let peer = try daemon.connect()
            let world = try await ProbeWorld(daemon, peer, engine)
            try await withProbeFacts(in: daemon.folder) { facts in
                var facts = facts.merging(world.facts) { $1 }
                let key = try String(contentsOfFile: keyFile, encoding: .utf8)
                facts["key"] = .integer(Int64(try #require(Int64(key))))
                let outside = facts.merging(world.outside) { $1 }
                let inside = facts.merging(ProbeWorld.inside) { $1 }
                var runs = [(who: "its user", probes: Probe.all, results: try await world.run(Probe.all, inside))]
                if let engine {
                    let probes = Probe.all.filter { !$0.isOfUser }
                    runs.append(("root in it", probes, try await world.runAsRoot(probes, inside, in: engine)))
                }
                #expect(Probe.all.count >= 40)
                for run in runs {
                    #expect(Set(run.results.keys) == Set(run.probes.map(\.name)))
                    for (name, result) in run.results.sorted(by: { $0.key < $1.key }) {
                        let isRefused = result.hasPrefix("refused") || result == "absent"
                        #expect(isRefused, "\(kind.rawValue), \(run.who), \(name): \(result)")
                    }
                }
                print("\(kind.rawValue): \(Probe.all.count) probes refused, to \(runs.map(\.who))")
                if geteuid() == 0 { try await ProbeWorld.checkControl(outside, daemon) }
            }
        }
    }

    @Test("the egress proxy refuses the host however it is spelt")
    func egress() async throws {
        try await withDaemon { daemon in
            let repository = try await ScratchRepository(in: daemon.folder)
            let peer = try daemon.connect()
            let session = try await peer.session(of: repository)
            let port = String(try #require(try await daemon.gateway().split(separator: ":").last))
            let spellings = [
                "127.0.0.1", "127.1", "2130706433", "0x7f000001", "017700000001", "0.0.0.0", "[::1]", "[::]",
                "[::ffff:127.0.0.1]", "[0:0:0:0:0:ffff:7f00:1]", "localhost", "LOCALHOST.", "169.254.169.254",
                "[fe80::1]", "127.0.0.2",
            ]
            for host in spellings {
                let command =
                    "exec 3<>/dev/tcp/127.0.0.1/17080; printf 'CONNECT \(host):\(port) HTTP/1.1\\r\\nHost: \(host):\(port)\\r\\n\\r\\n' >&3; head -1 <&3"
                let answer = try await peer.call(
                    "session.exec",
                    ["sessionId": session["id"] ?? .null, "argv": ["bash", "-c", .string(command)]]
                )
                let output = answer["stdout"]?.stringValue ?? ""
                #expect(output.contains("403") || output.contains("400"), "\(host): \(answer)")
            }
        }
    }
}
