import HTTPTypes
import HummingbirdCore
import JSONText
import NIOCore
import OctobotAPI
import OctobotModel
import OctobotServer
import OctobotServices

extension Gateway {
    /// `POST P/chat` (rest-api.md §12.1; decision 41): sends the prompt, then streams its turn.
    ///
    /// The prompt is stored before the head of the answer is written; a client that goes cancels nothing.
    func sendChat(_ page: Page) async throws -> Response {
        let prompt = try ChatPrompt(body: page.body, project: page.project)
        let result = await table.call(SendChat.name, params: prompt.params, call: page.call, unknownMembers: .ignore)
        if case .failure(let fault) = result, fault.kind == .notFound, !prompt.namesWorkspace {
            throw Fault.invalidParams(
                "There is no session '\(prompt.session)'; a new one needs a workspace.",
                pointer: "/workspaceId",
                rule: "required"
            )
        }
        let sent = try Self.tree(of: try result.get())
        guard let turn = sent["turnId"]?.stringValue else { throw Fault(.internalError, "chat.send names no turn.") }
        let reader = try await streams.chunks(of: TurnID(turn), in: prompt.session, page.project, page.call)
        return chunks(page, reader)
    }

    /// `GET P/chat/{sessionId}/stream` (decision 42): the rest of a turn, or nothing.
    func resumeChat(_ page: Page) async throws -> Response {
        guard !page.session.rawValue.isEmpty else {
            throw Fault.invalidParams("The path names no session.", pointer: "/sessionId", rule: "minLength")
        }
        try await table.admit(to: SubscribeChat.self, project: page.project, page.call)
        do throws(Fault) {
            if let cursor = page.visit.fields[.lastEventID], !cursor.isEmpty {
                let reader = try await streams.chunks(after: cursor, in: page.session, page.project, page.call)
                return chunks(page, reader)
            }
            guard let turn = try await streams.activeTurn(in: page.session, page.project, page.call) else {
                return Answer.noContent()
            }
            return chunks(page, try await streams.chunks(of: turn, in: page.session, page.project, page.call))
        } catch {
            guard error.kind == .notFound else { throw error }
            return Answer.noContent()
        }
    }

    /// `POST P/chat/{sessionId}/cancel` (rest-api.md §12.3).
    func cancelChat(_ page: Page) async throws -> Response {
        let params: JSONValue = [
            "projectId": .string(page.project.rawValue), "sessionId": .string(page.session.rawValue),
        ]
        let turn = try Self.tree(
            of: await table.call(CancelChat.name, params: params, call: page.call, unknownMembers: .ignore).get()
        )
        return Answer.json(["success": true, "completionId": turn["id"] ?? .null, "status": "cancelled"])
    }

    private func chunks(_ page: Page, _ reader: LogReader) -> Response {
        stream(page, fields: [.messageStream: "v1"], reader) { element in
            switch element {
            case .entry(let entry):
                entry.payload.isEmpty ? .skip : .write(EventFrame.make(id: entry.cursor, data: entry.payload))
            case .bytes, .snapshot, .synced: .skip
            // Without `[DONE]`: what the client has is not the whole turn.
            case .gap: .end(nil)
            case .end, .exited: .end(EventFrame.done)
            }
        }
    }

    static func tree(of bytes: [UInt8]) throws(Fault) -> JSONValue {
        do throws(JSONScanError) {
            return try JSONValue(parsing: bytes)
        } catch {
            throw Fault(.internalError, "A result is no JSON: \(error)")
        }
    }
}
