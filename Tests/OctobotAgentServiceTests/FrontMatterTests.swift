import Foundation
import OctobotTestSupport
import SandboxAgentAPI
import Testing

@testable import OctobotAgentService

@Suite("Front matter, and what scripts are called")
struct FrontMatterTests {
    @Test(
        "each delimiter closes itself, and values lose one pair of quotes",
        arguments: [
            "#!/bin/sh\n---\nname: Dev UI\nhttp: 3000\nurl: 'a: \"b\"'\n---\nrest\n",
            "#---\n# name:  Dev UI  \n\n#http: 3000\n# # a remark\n# no pair\n# url: 'a: \"b\"'\n#---\nrest\n",
            "#!/usr/bin/env node\r\n//---\r\n// name: \"Dev UI\"\r\n//http: 3000\r\n// url: 'a: \"b\"'\r\n//---\r\nrest\n",
        ]
    )
    func styles(text: String) throws {
        let matter = try #require(FrontMatter(text))
        #expect(matter["name"] == "Dev UI" && matter["http"] == "3000" && matter["url"] == "a: \"b\"")
        #expect(matter.values.count == 3 && matter.body == "rest\n")
    }

    @Test(
        "without its own delimiter at the end, or with a line that is not marked, there is none",
        arguments: [
            "", "#!/bin/sh\n", "#!/bin/sh\nname: x\n", "---\nname: x\n", "---\nname: x\n#---\n",
            "#---\nname: x\n#---\n",
            "#!/bin/sh\n\n---\nname: x\n---\n",
        ]
    )
    func none(text: String) {
        #expect(FrontMatter(text) == nil)
    }

    @Test(
        "an id is the file's name without its extension, in small letters",
        arguments: [
            ("ui.sh", "ui"), ("My.Service.PY", "my-service"), ("a b_c-1.txt", "ab_c-1-txt"), ("-x-.rb", "x"),
            ("é.sh", ""),
            ("plain", "plain"),
        ]
    )
    func ids(name: String, id: String) {
        #expect(ScriptFile.id(of: name) == id)
        #expect(id.isEmpty || ScriptFile.isID(id))
    }

    @Test("what could leave its folder is no id", arguments: ["", "..", "a/b", "a.b", "A", "é", "a\0"])
    func hostileIDs(id: String) {
        #expect(!ScriptFile.isID(id))
    }

    @Test("only what is a regular, visible file of its own is looked at")
    func files() async throws {
        try await withTemporaryDirectory { folder in
            let path = folder.path
            for name in ["b.sh", "a.sh", "a.py", ".hidden.sh"] {
                try Data("#!/bin/sh\n".utf8).write(to: folder.appending(path: name))
            }
            try FileManager.default.createSymbolicLink(atPath: path + "/link", withDestinationPath: "/etc/passwd")
            try FileManager.default.createDirectory(atPath: path + "/folder", withIntermediateDirectories: true)
            #expect(mkfifo(path + "/pipe", 0o600) == 0)
            #expect(ScriptFile.all(in: path).map(\.name) == ["a.py", "b.sh"])
            #expect(ScriptFile.all(in: path + "/missing").isEmpty)
        }
    }
}
