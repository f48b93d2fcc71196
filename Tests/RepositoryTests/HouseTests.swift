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

    @Test("the systemd units keep sandboxes alive and the socket private")
    func units() throws {
        let folder = TargetTable.root.appending(path: "contrib/systemd")
        let socket = try String(contentsOf: folder.appending(path: "octobotd.socket"), encoding: .utf8)
        let http = try String(contentsOf: folder.appending(path: "octobotd-http.socket"), encoding: .utf8)
        let service = try String(contentsOf: folder.appending(path: "octobotd.service"), encoding: .utf8)
        for line in [
            "ListenStream=%t/octobot/octobotd.sock", "FileDescriptorName=rpc", "SocketMode=0600", "DirectoryMode=0700",
        ] { #expect(socket.contains(line + "\n"), "\(line)") }
        for line in ["ListenStream=127.0.0.1:3001", "FileDescriptorName=http", "Service=octobotd.service"] {
            #expect(http.contains(line + "\n"), "\(line)")
        }
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

    @Test("systemd understands every line of the units")
    func verified() throws {
        let verifier = "/usr/bin/systemd-analyze"
        guard FileManager.default.isExecutableFile(atPath: verifier) else {
            print("skipped: systemd-analyze is not installed (Debian package systemd)")
            return
        }
        let folder = FileManager.default.temporaryDirectory.appending(path: "octobot-units-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.copyItem(at: TargetTable.root.appending(path: "contrib/systemd"), to: folder)
        // The program need not be installed where the unit expects it.
        let service = folder.appending(path: "octobotd.service")
        let text = try String(contentsOf: service, encoding: .utf8)
        try text.replacing("%h/.local/bin/octobotd", with: "/bin/true").write(
            to: service,
            atomically: true,
            encoding: .utf8
        )
        let units = try FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false))
        let check = Process()
        let output = Pipe()
        check.executableURL = URL(filePath: verifier)
        check.arguments = ["--user", "verify"] + units.map { folder.appending(path: $0).path(percentEncoded: false) }
        check.environment = ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "XDG_RUNTIME_DIR": "/tmp"]
        check.standardOutput = output
        check.standardError = output
        try check.run()
        let said = try output.fileHandleForReading.readToEnd() ?? Data()
        check.waitUntilExit()
        #expect(check.terminationStatus == 0 && said.isEmpty, "\(String(decoding: said, as: UTF8.self))")
    }
}
