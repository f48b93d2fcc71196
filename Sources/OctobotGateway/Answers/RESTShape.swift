import HTTPTypes
import HummingbirdCore
import JSONText
import OctobotAPI
import OctobotModel
import OctobotServer
import OctobotServices

/// Calls the operation of a route and gives its result the shape the route promises.
struct RESTShape: Sendable {
    let table: OperationTable
    let route: Route
    let call: Call

    func answer(params: JSONValue, target: RequestTarget) async throws(Fault) -> Response {
        let status = HTTPResponse.Status(code: route.binding.success)
        switch route.binding.shape {
        case .entity:
            return Answer.json(bytes: try await result(params), status: status)
        case .success:
            _ = try await result(params)
            return Answer.json(["success": true], status: status)
        case .successAndEntity:
            var members = try await tree(params).objectValue ?? [:]
            members["success"] = true
            return Answer.json(.object(members), status: status)
        case .list(let name):
            if isPage(target) { return try await page(params, named: name, target) }
            return Answer.json([name: .array(try await items(params))], status: status)
        case .page(let name):
            return try await page(params, named: name, target)
        case .array:
            if isPage(target) { return try await page(params, named: nil, target) }
            return Answer.json(.array(try await items(params)), status: status)
        case .element(let list, let parameter):
            let result = try await tree(params)
            guard let given = try target.value(of: parameter) else { return Answer.json(result, status: status) }
            return Answer.json(result[list]?[0] ?? Self.unchanged(given), status: status)
        case .custom:
            throw Fault(.internalError, "A hand-written route has no shape.")
        }
    }

    /// Whether one page of a list is asked for rather than all of it.
    private func isPage(_ target: RequestTarget) -> Bool {
        route.binding.query.contains { $0.name == "limit" }
            && target.query.contains { $0.name == "limit" || $0.name == "cursor" }
    }

    /// One page, with the place of the next in `Link` (RFC 8288) and, where the items have a name, in `nextCursor`.
    private func page(_ params: JSONValue, named name: String?, _ target: RequestTarget) async throws(Fault) -> Response
    {
        var members = try await tree(params).objectValue ?? [:]
        let items = members.removeValue(forKey: "items") ?? []
        let next = members["nextCursor"]?.stringValue
        if let name { members[name] = items }
        var response = Answer.json(
            name == nil ? items : .object(members),
            status: HTTPResponse.Status(code: route.binding.success)
        )
        if let next { response.headers[.link] = "<\(target.continued(at: next))>; rel=\"next\"" }
        return response
    }

    /// A file that does not differ (rest-api.md §14).
    private static func unchanged(_ path: String) -> JSONValue {
        [
            "path": .string(path), "status": "unchanged", "additions": 0, "deletions": 0, "binary": false, "patch": "",
        ]
    }

    private func result(_ params: JSONValue) async throws(Fault) -> [UInt8] {
        try await table.call(route.operation.name, params: params, call: call, unknownMembers: .ignore).get()
    }

    private func tree(_ params: JSONValue) async throws(Fault) -> JSONValue {
        let bytes = try await result(params)
        do throws(JSONScanError) {
            return try JSONValue(parsing: bytes)
        } catch {
            throw Fault(.internalError, "A result is no JSON: \(error)")
        }
    }

    /// The items of all pages: what clients of the REST contract expect.
    private func items(_ params: JSONValue) async throws(Fault) -> [JSONValue] {
        var members = params.objectValue ?? [:]
        if route.operation.parameters.contains(where: { $0.name == "limit" }) { members["limit"] = 500 }
        var items: [JSONValue] = []
        while true {
            let page = try await tree(.object(members))
            items += page["items"]?.arrayValue ?? []
            guard let next = page["nextCursor"] else { return items }
            members["cursor"] = next
        }
    }
}
