import HTTPTypes
import HummingbirdCore
import JSONText
import NIOCore
import OctobotAPI
import OctobotModel
import OctobotServer
import OctobotServices

extension Gateway {
    /// `GET P/events` (rest-api.md §21): history if asked for, then what happens.
    func events(_ page: Page) async throws -> Response {
        try await table.admit(to: SubscribeEvents.self, project: page.project, page.call)
        var problem: Fault?
        let reader: LogReader
        do throws(Fault) {
            reader = try await streams.events(of: page.project, from: try Self.start(of: page), page.call)
        } catch {
            guard [.cursorInvalid, .cursorExpired, .invalidParams, .notFound].contains(error.kind) else { throw error }
            problem = error
            reader = try await streams.events(of: page.project, from: .live, page.call)
        }
        let connected = JSONValue.object(["projectId": .string(page.project.rawValue)])
        var first = [EventFrame.make(id: reader.cursor, event: "connected", data: connected.serialized())]
        if let problem {
            let body = problem.restBody(requestID: page.call.requestID)
            first.append(EventFrame.make(event: "error", data: body.serialized()))
        }
        return stream(page, first: first, reader) { element in
            switch element {
            case .entry(let entry): .write(EventFrame.make(id: entry.cursor, event: entry.type, data: entry.data))
            case .gap(_, let from, let to): .write(Self.gap(from: from, to: to, page))
            case .bytes, .snapshot, .synced: .skip
            case .end, .exited: .end(nil)
            }
        }
    }

    /// Tells a client that retention was faster than it; the stream goes on after `to`.
    private static func gap(from: String, to: String, _ page: Page) -> ByteBuffer {
        let fault = Fault(
            .cursorExpired,
            "The events up to this one are no longer kept.",
            details: ["from": .string(from), "to": .string(to)],
            hint: "Fetch the present state."
        )
        let body = fault.restBody(requestID: page.call.requestID)
        return EventFrame.make(id: to, event: "error", data: body.serialized())
    }

    /// `Last-Event-ID` before `after`, that before `since`.
    private static func start(of page: Page) throws(Fault) -> EventStart {
        if let id = page.visit.fields[.lastEventID], !id.isEmpty { return .after(id) }
        if let id = try page.visit.target.value(of: "after"), !id.isEmpty { return .after(id) }
        guard let text = try page.visit.target.value(of: "since"), !text.isEmpty else { return .live }
        if text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let seconds = Int64(text), seconds < 1 << 40
        {
            return .since(Timestamp(milliseconds: seconds * 1000))
        }
        // A "+" of a zone that was not percent-encoded arrives as a space.
        guard let moment = Timestamp(String(text.map { $0 == " " ? "+" : $0 })) else {
            throw .invalidParams(
                "'\(text.prefix(100))' is no time.",
                pointer: "/since",
                rule: "format",
                expected: "an RFC 3339 time or Unix seconds",
                got: String(text.prefix(100))
            )
        }
        return .since(moment)
    }
}
