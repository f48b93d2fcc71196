import JSONText
import OctobotTestSupport

extension RPCPeer {
    /// Waits, on the event stream, until `isDone` holds for what `method` answers.
    ///
    /// Subscribes before it looks, so no change is missed.
    @discardableResult
    func wait(
        for method: String,
        _ params: JSONValue,
        until isDone: (JSONValue) throws -> Bool
    ) async throws -> JSONValue {
        let (_, events) = try await subscribe("event.subscribe", [:])
        var present = try await call(method, params)
        if try isDone(present) { return present }
        for await notification in events where notification["type"] == "event" {
            present = try await call(method, params)
            if try isDone(present) { return present }
        }
        throw TestDaemon.Failure(description: "the connection ended before \(method) was as wanted: \(present)")
    }

    /// Waits for the end of a job and gives it.
    func job(_ id: JSONValue) async throws -> JSONValue {
        var job = JSONValue.null
        repeat {
            job = try await call("job.wait", ["jobId": id, "timeoutMs": 60_000])
        } while job["status"] == "pending" || job["status"] == "running"
        return job
    }

    /// A workspace of `repository`, ready.
    func workspace(of repository: ScratchRepository) async throws -> JSONValue {
        let created = try await call("workspace.create", ["path": .string(repository.path)])
        let id = created["id"] ?? .null
        return try await wait(for: "workspace.get", ["workspaceId": id]) { workspace in
            if workspace["status"] == "error" { throw TestDaemon.Failure(description: "\(workspace)") }
            return workspace["status"] == "ready"
        }
    }

    /// A session of a new workspace with a new demo agent, its sandbox running.
    func session(
        of repository: ScratchRepository,
        _ extra: [String: JSONValue] = [:]
    ) async throws -> JSONValue {
        let workspace = try await workspace(of: repository)
        _ = try await call("agent.create", ["agentType": "demo"])
        let params = ["workspaceId": workspace["id"] ?? .null].merging(extra) { $1 }
        let session = try await call("session.create", .object(params))
        return try await ready(session["id"] ?? .null)
    }

    /// Waits until a session's sandbox is up.
    @discardableResult
    func ready(_ session: JSONValue) async throws -> JSONValue {
        try await wait(for: "session.get", ["sessionId": session]) { session in
            if session["status"] == "error" { throw TestDaemon.Failure(description: "\(session)") }
            return session["status"] == "ready"
        }
    }

    /// Sends a prompt and waits for the end of its turn.
    ///
    /// - Returns: The turn's last item, and its chunks.
    @discardableResult
    func turn(_ text: String, in session: JSONValue) async throws -> (state: JSONValue, chunks: [JSONValue]) {
        let sent = try await call("chat.send", ["sessionId": session, "text": .string(text)])
        return try await follow(sent["turnId"] ?? .null, in: session, from: sent["cursor"] ?? .null)
    }

    /// Reads a turn from a cursor to its end.
    func follow(
        _ turn: JSONValue,
        in session: JSONValue,
        from cursor: JSONValue
    ) async throws -> (state: JSONValue, chunks: [JSONValue]) {
        let (answer, items) = try await subscribe(
            "chat.subscribe",
            ["sessionId": session, "from": ["type": "cursor", "cursor": cursor]]
        )
        var chunks: [JSONValue] = []
        for await notification in items {
            guard let item = notification["data"], item["turnId"] == turn else { continue }
            if item["kind"] == "chunk", let chunk = item["chunk"] { chunks.append(chunk) }
            guard item["kind"] == "turn", let state = item["state"]?.stringValue,
                ["completed", "failed", "cancelled", "unknown"].contains(state)
            else { continue }
            _ = try await call("rpc.unsubscribe", ["subscription": answer["subscription"] ?? .null])
            return (item, chunks)
        }
        throw RPCPeer.Disconnected()
    }
}

/// The text of an answer, from its chunks.
func text(of chunks: [JSONValue]) -> String {
    chunks.compactMap { $0["type"] == "text-delta" ? $0["delta"]?.stringValue : nil }.joined()
}
