import AsyncHTTPClient
import Foundation
import JSONText
import NIOCore
import NIOHTTP1
import SandboxAgentAPI
import Testing

@testable import OctobotAgentService

/// What was read of a stream of records.
struct ReadRecords {
    var status = 200
    /// The body of a refusal.
    var refusal = JSONValue.null
    var records: [OutputRecord] = []

    func text(_ kind: OutputRecord.Kind = .output) -> String {
        String(decoding: records.filter { $0.kind == kind }.flatMap(\.payload), as: UTF8.self)
    }

    var end: JSONValue? {
        get throws {
            guard let last = records.last, last.kind == .end else { return nil }
            return try JSONValue(parsing: last.payload)
        }
    }
}

extension RunningService {
    /// Reads records to their end, or to the first after which it is enough; then the connection is closed.
    func records(
        _ method: HTTPMethod,
        _ path: String,
        _ body: JSONValue? = nil,
        until isEnough: (ReadRecords) -> Bool = { _ in false }
    ) async throws -> ReadRecords {
        var request = request(method, path)
        if let body { request.body = .bytes(ByteBuffer(bytes: body.serialized())) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(40))
        var read = ReadRecords(status: Int(response.status.code))
        guard response.status == .ok else {
            read.refusal = try JSONValue(parsing: Array(buffer: try await response.body.collect(upTo: 1 << 20)))
            return read
        }
        var parser = OutputRecordParser()
        do {
            for try await buffer in response.body {
                for record in try parser.consume(buffer.readableBytesView) {
                    read.records.append(record)
                    if record.kind == .end || isEnough(read) { return read }
                }
            }
        } catch {
            Issue.record("\(error) after \(read.text().suffix(500))")
        }
        return read
    }

    /// Opens a terminal with a plain shell.
    @discardableResult
    func open(_ id: String, _ more: [String: JSONValue] = [:]) async throws -> Answer {
        let body: [String: JSONValue] = [
            "id": .string(id), "rows": 24, "cols": 80, "idleSeconds": 60, "command": ["/bin/bash", "--norc", "-i"],
            "environment": ["PS1": "ready> "],
        ]
        return try await send(.POST, "/terminals", .object(body.merging(more) { $1 }))
    }

    @discardableResult
    func type(_ id: String, _ text: String) async throws -> Int {
        var request = request(.POST, "/terminals/\(id)/input", ["Content-Type": "application/octet-stream"])
        request.body = .bytes(ByteBuffer(string: text))
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        _ = try await response.body.collect(upTo: 1 << 20)
        return Int(response.status.code)
    }

    /// Reads a terminal's output from a position on, until it contains a text.
    @discardableResult
    func output(_ id: String, from position: UInt64 = 0, until text: String) async throws -> String {
        let read = try await records(.GET, "/terminals/\(id)/output?from=\(position)") { $0.text().contains(text) }
        #expect(read.status == 200)
        #expect(read.text().contains(text), "\(read.text())")
        return read.text()
    }

    func terminal(_ id: String) async throws -> JSONValue? {
        let list = try await send(.GET, "/terminals").body["terminals"]?.arrayValue ?? []
        return list.first { $0["id"] == .string(id) }
    }
}
