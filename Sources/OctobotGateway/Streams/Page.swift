import HummingbirdCore
import JSONText
import OctobotAPI
import OctobotModel
import OctobotServices

/// A request to a hand-written route.
struct Page: Sendable {
    let route: Route
    let values: [String]
    let body: [UInt8]
    let visit: Gateway.Visit
    let client: ClientConnection

    var call: Call { visit.call }

    /// The project and, where the route names one, the session.
    var project: ProjectID { ProjectID(values.first ?? "") }
    var session: SessionID { SessionID(values.count > 1 ? values[1] : "") }
}

extension Gateway {
    /// The routes whose answers are no plain translation of a result.
    func custom(_ page: Page) async throws -> Response {
        switch page.route.operation.name {
        case SystemRoutes.name: try await routeList(page)
        case SystemOpenAPI.name: try await reference(page)
        case SubscribeEvents.name: try await events(page)
        case SendChat.name: try await sendChat(page)
        case SubscribeChat.name: try await resumeChat(page)
        case CancelChat.name: try await cancelChat(page)
        case ListApprovals.name: try await question(page)
        case SubscribeService.name: try await serviceOutput(page)
        case OpenTerminal.name: try terminal(page)
        case AnswerApproval.name: try await answerQuestion(page)
        case PollCopilot.name: try await pollCopilot(page)
        default: throw Fault(.internalError, "\(page.route.operation.name) has no hand-written route.")
        }
    }
}
