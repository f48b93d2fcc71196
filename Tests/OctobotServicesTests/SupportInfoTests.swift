import Foundation
import OctobotAPI
import OctobotModel
import OctobotTestSupport
import SandboxAgentAPI
import Testing

@testable import OctobotServices

@Suite("Support information", .timeLimit(.minutes(1)))
struct SupportInfoTests {
    private func service(_ logFile: String, _ entries: [SystemConfig.Entry] = []) -> SystemService {
        SystemService(
            facts: SystemService.Facts(version: "1", socket: "/s", configuration: entries, logFile: logFile),
            providers: SandboxProviders([], preferred: nil),
            startupTasks: { [] },
            shutDown: {}
        )
    }

    private func info(_ service: SystemService) async throws -> SupportInfo {
        try await service.supportInfo(SystemSupportInfo.Params(), Call(principal: .anonymous, requestID: "r"))
    }

    @Test("without a log file it says so")
    func noLog() async throws {
        try await withTemporaryDirectory { folder in
            let path = folder.path + "/none.log"
            let info = try await info(service(path))
            #expect(info.serverLog == "" && !info.logExists && info.logPath == path)
            #expect(info.config.port == 0 && info.config.availableProviders == [])
            #expect(info.runtime.threads > 0 && info.runtime.processors > 0)
        }
    }

    @Test("port and folder are those in force; a secret setting is never told")
    func settings() async throws {
        let service = service(
            "",
            [
                SystemConfig.Entry(
                    name: "WORKSPACE_DIR",
                    value: "/w",
                    source: "default",
                    isDefault: true,
                    isSecret: false
                ),
                SystemConfig.Entry(
                    name: "SANDBOX_IMAGE",
                    value: "hidden",
                    source: "environment",
                    isDefault: false,
                    isSecret: true
                ),
            ]
        )
        service.gatewayURL = "http://[::1]:3456"
        let info = try await info(service)
        #expect(info.config.port == 3456 && info.config.workspaceFolder == "/w" && info.config.sandboxImage == "")
    }

    @Test("the log is the end of the file, in whole lines, and neither a link nor a folder")
    func tail() async throws {
        try await withTemporaryDirectory { folder in
            let path = folder.path + "/octobotd.log"
            let lines = (1...10_000).map { "line \($0) of the log" }
            try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: path))
            let info = try await info(service(path))
            #expect(info.logExists)
            #expect(info.serverLog.utf8.count <= 64 << 10)
            #expect(info.serverLog.hasPrefix("line ") && info.serverLog.hasSuffix("line 10000 of the log\n"))
            let link = folder.path + "/link.log"
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
            for other in [link, folder.path] {
                let info = try await self.info(service(other))
                #expect(info.serverLog == "" && !info.logExists, "\(other)")
            }
        }
    }

    @Test(
        "what looks like a secret is hidden",
        arguments: [
            ("token=abc123 next", "token=… next"), ("\"api_key\": \"abc\"", "\"api_key\": \"…\""),
            ("Authorization: Bearer abc.def", "Authorization: Bearer …"), ("key sk-ant-1", "key …"),
            ("https://me:pw@example.org/a.git", "https://…@example.org/a.git"),
            (String(repeating: "a1", count: 32), "…"),
        ]
    )
    func secrets(line: String, hidden: String) {
        #expect(LogTail.hidingSecrets(line) == hidden)
    }

    @Test(
        "what does not stays",
        arguments: [
            "2026-01-02T03:04:05.678Z info octobotd: rpc.method=session.get request.id=0123456789abcdef",
            "a commit 0123456789abcdef0123456789abcdef01234567", "GET http://127.0.0.1:3001/api/status\nPATH=/usr/bin",
            "the token, it said, was fine", "",
        ]
    )
    func harmless(line: String) {
        #expect(LogTail.hidingSecrets(line) == line)
    }

    @Test("every credential variable of the agents belongs to one provider, and providers are sorted by name")
    func providers() {
        let known = AuthProviders.all.flatMap { $0.env ?? [] }
        #expect(Set(known).count == known.count)
        #expect(Set(AgentCatalogue.all.flatMap(\.credentialVariables)).subtracting(known) == [])
        let names = AuthProviders.all.map { $0.name.lowercased() }
        #expect(names == names.sorted())
    }
}
