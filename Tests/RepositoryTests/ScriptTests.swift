import Foundation
import Testing

@Suite("scripts", .timeLimit(.minutes(2)))
struct ScriptTests {
    static let agents = ["claude-code", "codex"].map { "contrib/sandbox-image/agents/" + $0 }
    /// What people and other scripts start.
    static let programs =
        ["contrib/demo", "contrib/test", "contrib/packages", "contrib/bench", "contrib/agents", ".ci/run"]
        + ["contrib/sandbox-image/build", "contrib/sandbox-image/program"] + agents
    /// Run by `sh` in an image, so not executable.
    static let setup = "contrib/sandbox-image/setup"

    @Test("scripts are executable and parse", arguments: programs)
    func scripts(path: String) throws {
        #expect(FileManager.default.isExecutableFile(atPath: file(path)))
        #expect(try run("/bin/bash", ["-n", file(path)]).status == 0)
    }

    @Test(
        "shellcheck has nothing to say",
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/shellcheck"), "shellcheck is missing"),
        arguments: programs + [setup]
    )
    func shellcheck(path: String) throws {
        let found = try run("/usr/bin/shellcheck", ["--format", "gcc", file(path)])
        #expect(found.output.isEmpty)
        #expect(found.status == 0)
    }

    @Test(
        "scripts with options say which, and refuse others",
        arguments: ["contrib/demo", "contrib/agents", "contrib/sandbox-image/build"]
    )
    func help(path: String) throws {
        let help = try run(file(path), ["--help"])
        #expect(help.status == 0)
        #expect(help.output.contains("  " + path + " "))
        let wrong = try run(file(path), ["--no-such-option"])
        #expect(wrong.status == 64)
        #expect(wrong.output.contains("--help"))
    }

    @Test("every agent of the sandbox image is listed here")
    func everyAgent() throws {
        let folder = file("contrib/sandbox-image/agents")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(Set(names.map { "contrib/sandbox-image/agents/" + $0 }) == Set(Self.agents))
    }

    /// `build` takes them into JSON as they are.
    @Test("the Dockerfile's values need no quotes", arguments: ["ENV", "LABEL", "USER", "WORKDIR"])
    func dockerfile(keyword: String) throws {
        let text = try String(contentsOfFile: file("contrib/sandbox-image/Dockerfile"), encoding: .utf8)
        let values = text.split(separator: "\n").filter { $0.hasPrefix(keyword + " ") }.map {
            $0.dropFirst(keyword.count + 1)
        }
        #expect(!values.isEmpty)
        for value in values { #expect(!value.contains { #""'\$ "#.contains($0) }, "\(value)") }
    }

    @Test("contrib/test prepares the archive the tests load")
    func archive() throws {
        let options = "--from debootstrap --cache .build"
        let script = try String(contentsOfFile: file("contrib/test"), encoding: .utf8)
        #expect(script.contains("contrib/sandbox-image/build " + options + "\n"))
    }

    private func file(_ path: String) -> String { TargetTable.root.appending(path: path).path(percentEncoded: false) }

    /// Runs a program that says little; its errors are part of the output.
    private func run(_ program: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}
