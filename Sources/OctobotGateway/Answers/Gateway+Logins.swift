import HTTPTypes
import HummingbirdCore
import JSONText
import OctobotAPI
import OctobotModel
import OctobotServer

extension Gateway {
    /// `POST P/credentials/github-copilot/poll`: the result as it is, with 202 while the person is not done
    /// (rest-api.md §20.5).
    func pollCopilot(_ page: Page) async throws -> Response {
        let params = try ParamsBuilder(route: page.route).params(
            path: page.values,
            target: page.visit.target,
            body: page.body
        )
        let bytes = try await table.call(PollCopilot.name, params: params, call: page.call, unknownMembers: .ignore)
            .get()
        let result = try JSONCoding.decode(PollCopilot.Result.self, from: bytes)
        return Answer.json(bytes: bytes, status: result.status == .pending ? .accepted : .ok)
    }
}
