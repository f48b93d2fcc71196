import Foundation
import JSONText
import OctobotAPI
import OctobotModel
import OctobotSandbox
import OctobotTestSupport
import SandboxAgentAPI
import Synchronization
import Testing

@testable import OctobotServices

@Suite("Files of sessions", .timeLimit(.minutes(2)))
struct FileTests {
    @Test("a file is written, read, listed, renamed and deleted; each starts a stopped sandbox")
    func roundTrip() async throws {
        try await withHouse { house in
            try await house.live { life in
                let (files, id) = (life.services.files, try await life.makeSession().id)
                func stop() async throws {
                    _ = try await life.services.sessions.stop(StopSession.Params(sessionID: id), life.call)
                    #expect(try await life.session(id).status == .stopped)
                }
                try await stop()
                let written = try await files.write(
                    WriteSessionFile.Params(sessionID: id, path: "n.txt", content: "aGk=", encoding: .base64),
                    life.call
                )
                #expect(written.size == 2)
                #expect(try await life.session(id).status == .ready)
                try await stop()
                let read = try await files.read(ReadSessionFile.Params(sessionID: id, path: "n.txt"), life.call)
                #expect(read.content == "hi" && read.encoding == .utf8 && read.version == written.version)
                try await stop()
                let list = try await files.list(ListSessionFiles.Params(sessionID: id, path: ""), life.call)
                #expect(list.path == "." && list.entries == [.init(name: "n.txt", type: .file, size: 2)])
                try await stop()
                let renamed = try await files.rename(
                    RenameSessionFile.Params(sessionID: id, oldPath: "n.txt", newPath: "m.txt"),
                    life.call
                )
                #expect(renamed == RenamedFile(oldPath: "n.txt", newPath: "m.txt"))
                try await stop()
                let deleted = try await files.delete(DeleteSessionFile.Params(sessionID: id, path: "m.txt"), life.call)
                #expect(deleted == DeletedFile(path: "m.txt", type: .file))
            }
        }
    }

    @Test("the file of the base commit comes from the mirror and wakes nothing")
    func base() async throws {
        try await withHouse { house in
            try await house.live { life in
                let session = try await life.makeSession()
                _ = try await life.services.sessions.stop(StopSession.Params(sessionID: session.id), life.call)
                func read(_ path: String, offset: Int? = nil, length: Int? = nil) async throws -> SessionFile {
                    try await life.services.files.read(
                        ReadSessionFile.Params(
                            sessionID: session.id,
                            path: path,
                            fromBase: true,
                            offset: offset,
                            length: length
                        ),
                        life.call
                    )
                }
                let whole = SessionFile(path: "a.txt", content: "one\n", encoding: .utf8, size: 4)
                #expect(try await read("./a.txt") == whole)
                #expect(try await read("a.txt", offset: 1, length: 2).content == "ne")
                #expect(try await read("a.txt", offset: 9).content.isEmpty)
                // What the user does afterwards is not what the session started from.
                try house.user.write("a.txt", "two\n")
                try await house.user.commit("later")
                #expect(try await read("a.txt").content == "one\n")
                #expect(await fault { _ = try await read("no") }?.kind == .notFound)
                for path in ["../a.txt", "/a.txt", ".", "a/../a.txt", "a\0"] {
                    #expect(await fault { _ = try await read(path) }?.kind == .invalidParams, "\(path)")
                }
                #expect(try await life.session(session.id).status == .stopped)
            }
        }
    }

    @Test("a write that is late is a conflict that shows what is there now")
    func conflict() async throws {
        try await withHouse { house in
            try await house.live { life in
                let (files, id) = (life.services.files, try await life.makeSession().id)
                func write(_ text: String, version: String) async throws -> WrittenFile {
                    try await files.write(
                        WriteSessionFile.Params(sessionID: id, path: "n", content: text, version: version),
                        life.call
                    )
                }
                let first = try await write("one", version: "")
                let second = try await write("two", version: first.version)
                let late = await fault { _ = try await write("three", version: first.version) }
                #expect(late?.kind == .versionConflict)
                #expect(late?.details["currentContent"] == "two" && late?.details["currentEncoding"] == "utf8")
                #expect(late?.details["currentVersion"]?.stringValue == second.version)
                #expect(house.mock.agent(of: id).hands.file("n") == Array("two".utf8))
            }
        }
    }

    @Test("what the agent refuses is one fault each", arguments: refusals)
    func refused(error: SandboxAgentError, kind: FaultKind, reason: String?) {
        let fault = error.fault(doing: "reading a file")
        #expect(fault.kind == kind && fault.reason == reason)
    }

    private static let refusals: [(SandboxAgentError, FaultKind, String?)] = [
        (.refused(status: 400, code: "Invalid path", message: "Invalid path"), .invalidParams, "Invalid path"),
        (.refused(status: 403, code: "no", message: "no"), .permissionDenied, "no"),
        (.notFound, .notFound, "agent.notFound"),
        (.refused(status: 409, code: "version_conflict", message: "x"), .versionConflict, "version_conflict"),
        (.refused(status: 413, code: "large", message: "x"), .requestTooLarge, "large"),
        (.refused(status: 429, code: "too_many_commands", message: "x"), .overloaded, "too_many_commands"),
        (.refused(status: 507, code: "full", message: "x"), .upstreamFailed, "sandbox.diskFull"),
        (.refused(status: 500, code: "x", message: "x"), .upstreamFailed, "x"),
        (.unreachable("gone"), .upstreamFailed, "agent.unreachable"),
    ]

    @Test("missing files are named, missing and foreign sessions too")
    func missing() async throws {
        try await withHouse { house in
            try await house.live { life in
                let id = try await life.makeSession().id
                func read(_ session: SessionID, in project: ProjectID? = nil) async -> Fault? {
                    await fault {
                        _ = try await life.services.files.read(
                            ReadSessionFile.Params(projectID: project, sessionID: session, path: "no.txt"),
                            life.call
                        )
                    }
                }
                #expect(await read(id) == .notFound("file", "no.txt"))
                #expect(await read("nobody") == .notFound("session", "nobody"))
                #expect(await read(id, in: "other") == .notFound("session", id))
            }
        }
    }

    @Test("a sandbox that is gone is brought back and asked once more; one that only does not answer is not")
    func gone() async throws {
        try await withHouse { house in
            try await house.live { life in
                let session = try await life.makeSession()
                let sandboxes = life.services.commands.sandboxes
                let calls = Mutex(0)
                let answer = try await sandboxes.working(in: session, doing: "counting") {
                    _ throws(SandboxAgentError) in
                    let call = calls.withLock { calls in
                        calls += 1
                        return calls
                    }
                    guard call > 1 else {
                        house.mock.end(session.id, as: .stopped)
                        throw .unreachable("it went away")
                    }
                    return call
                }
                #expect(answer == 2)
                #expect(await sandboxes.isRunning(session))
                let silent = await fault {
                    _ = try await sandboxes.working(in: session, doing: "counting") {
                        _ throws(SandboxAgentError) -> Int in
                        calls.withLock { $0 += 1 }
                        throw .unreachable("no answer")
                    }
                }
                #expect(silent?.reason == "agent.unreachable" && calls.withLock { $0 } == 3)
            }
        }
    }

    @Test("bytes are text where that is text and short, else Base64")
    func encoding() {
        func encoded(_ bytes: [UInt8]) -> (String, ContentEncoding) {
            let result = EncodedBytes(bytes)
            return (result.text, result.encoding)
        }
        #expect(encoded([]) == ("", .utf8))
        #expect(encoded(Array("für\n".utf8)) == ("für\n", .utf8))
        #expect(encoded([0xFF]) == ("/w==", .base64))
        #expect(encoded([0x61, 0x00]) == ("YQA=", .base64))
        #expect(encoded([0xC3]) == ("ww==", .base64))
        #expect(EncodedBytes([UInt8](repeating: 0x61, count: 10 << 20)).encoding == .utf8)
        #expect(EncodedBytes([UInt8](repeating: 0x0A, count: 1 << 20)).encoding == .utf8)
        let control = EncodedBytes([UInt8](repeating: 0x01, count: 10 << 20))
        #expect(control.encoding == .base64 && control.text.utf8.count < 14 << 20)
    }
}
