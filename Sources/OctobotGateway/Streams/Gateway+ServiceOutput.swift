import HummingbirdCore
import JSONText
import NIOCore
import OctobotAPI
import OctobotModel
import OctobotServer
import OctobotServices

extension Gateway {
    /// `GET P/sessions/{sessionId}/services/{serviceId}/output` (rest-api.md §16.2): failures come as an event.
    func serviceOutput(_ page: Page) async throws -> Response {
        try await table.admit(to: SubscribeService.self, project: page.project, page.call)
        let params = ServiceTarget(
            projectID: page.project,
            sessionID: page.session,
            serviceID: ServiceID(page.values.count > 2 ? page.values[2] : "")
        )
        let reader: LogReader
        do throws(Fault) {
            reader = try await streams.serviceOutput(params, page.call)
        } catch {
            let event = ServiceOutput(type: .error, error: error.message, timestamp: .now)
            let frame = EventFrame.make(data: Array(try JSONCoding.encode(event)))
            let ended = LogReader(cursor: "service:0", head: "service:0") { nil }
            return stream(page, first: [frame, EventFrame.done], ended) { _ in .skip }
        }
        return stream(page, reader) { element in
            switch element {
            case .entry(let entry): .write(EventFrame.make(data: entry.data))
            case .bytes, .snapshot, .synced: .skip
            case .gap, .end, .exited: .end(EventFrame.done)
            }
        }
    }
}
