import Foundation
import Testing

@Suite("the house", .timeLimit(.minutes(2)))
struct HouseTests {
    @Test("the table of targets and the folders of sources are the same")
    func everyTargetHasARow() throws {
        let folders = try FileManager.default.contentsOfDirectory(
            atPath: TargetTable.root.appending(path: "Sources").path(percentEncoded: false)
        )
        #expect(Set(try TargetTable().rows.map(\.target)) == Set(folders))
    }

    @Test("imports of ours only point up the table")
    func importsPointUp() throws {
        var above: Set<String> = []
        for row in try TargetTable().rows {
            #expect(row.imports.isSubset(of: above), "\(row.target) may not import \(row.imports.subtracting(above))")
            above.insert(row.target)
        }
    }

    @Test("sources import what the table allows and nothing else")
    func sourcesKeepToTheTable() throws {
        let rows = try TargetTable().rows
        try #require(rows.count > 20)
        for row in rows {
            let allowed = row.imports.union(row.packages).union(TargetTable.toolchain).union([row.target])
            for (module, file) in try TargetTable.imports(of: row.target) {
                #expect(allowed.contains(module), "\(row.target)/\(file) imports \(module)")
            }
        }
    }

    @Test("the table allows nothing that no source imports")
    func theTableIsExact() throws {
        for row in try TargetTable().rows where !row.imports.isEmpty || !row.packages.isEmpty {
            let used = Set(try TargetTable.imports(of: row.target).keys)
            let unused = row.imports.union(row.packages).subtracting(used)
            #expect(unused.isEmpty, "\(row.target) does not import \(unused.sorted())")
        }
    }

    @Test("the top level holds what it may hold")
    func topLevel() throws {
        let entries = try FileManager.default.contentsOfDirectory(
            atPath: TargetTable.root.path(percentEncoded: false)
        )
        let visible = Set(entries.filter { !$0.hasPrefix(".") && $0 != "Package.resolved" })
        #expect(visible == ["Package.swift", "Sources", "Tests", "contrib", "rpc-schema", "README.md"])
    }

    @Test(
        "scripts are executable and parse",
        arguments: ["contrib/demo", "contrib/test", "contrib/packages", "contrib/bench", ".ci/run"]
    )
    func scripts(path: String) throws {
        let file = TargetTable.root.appending(path: path).path(percentEncoded: false)
        #expect(FileManager.default.isExecutableFile(atPath: file))
        let check = Process()
        check.executableURL = URL(filePath: "/bin/bash")
        check.arguments = ["-n", file]
        try check.run()
        check.waitUntilExit()
        #expect(check.terminationStatus == 0)
    }

    @Test("the systemd units keep sandboxes alive and the socket private")
    func units() throws {
        let folder = TargetTable.root.appending(path: "contrib/systemd")
        let socket = try String(contentsOf: folder.appending(path: "octobotd.socket"), encoding: .utf8)
        let service = try String(contentsOf: folder.appending(path: "octobotd.service"), encoding: .utf8)
        for line in [
            "ListenStream=%t/octobot/octobotd.sock", "FileDescriptorName=rpc", "SocketMode=0600", "DirectoryMode=0700",
        ] { #expect(socket.contains(line + "\n"), "\(line)") }
        for line in ["Type=notify", "KillMode=process", "Delegate=yes", "RuntimeDirectoryPreserve=yes"] {
            #expect(service.contains(line + "\n"), "\(line)")
        }
        // bubblewrap needs an unmasked /proc, mounts and user namespaces, and children inherit what is set here.
        for word in [
            "ProtectProc", "ProcSubset", "PrivateTmp", "NoNewPrivileges", "RestrictNamespaces", "ProtectKernel",
        ] {
            #expect(!service.contains(word), "\(word)")
        }
    }
}
