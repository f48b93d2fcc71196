import OctobotAPI
import OctobotClient
import OctobotModel

extension Connected {
    /// Waits for a fact: looks, and looks again after every event of the project.
    ///
    /// - Parameter probe: Gives the fact once it is there.
    func wait<Value: Sendable>(for probe: () async throws -> Value?) async throws -> Value {
        if let value = try await probe() { return value }
        for try await element in client.events(SubscribeEvents.Params(projectID: project, from: .now)) {
            switch element {
            // After `started` because the fact may have come between the first look and the subscription.
            case .started, .item, .gap:
                if let value = try await probe() { return value }
            case .reconnecting:
                console.note("The connection was lost; connecting again …", .dim)
            case .bytes, .snapshot, .synced, .bookmark, .end, .exited: break
            }
        }
        throw ClientError.disconnected
    }

    /// Waits until a job has ended.
    func outcome(of job: JobID) async throws -> Job {
        while true {
            let params = WaitJob.Params(projectID: project, jobID: job, timeoutMs: 60_000)
            let job = try await persistently { try await client.call(WaitJob.self, params) }
            if job.status.isTerminal { return job }
        }
    }
}
