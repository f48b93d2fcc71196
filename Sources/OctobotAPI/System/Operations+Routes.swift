import HTTPTypes
import JSONText

extension Operations {
    /// Every REST route in the order of the declarations, but those that only show them (rest-api.md §2).
    package static let routes: [RouteInfo] = all.filter {
        $0.name != SystemRoutes.name && $0.name != SystemOpenAPI.name
    }.flatMap(\.routes)
}

extension AnyOperation {
    /// Its REST routes, described from the same declaration that serves them.
    package var routes: [RouteInfo] {
        http.map { binding in
            let params = binding.pathParameters.map { parameter($0, in: .path) } + binding.query.map(parameter)
            return RouteInfo(
                method: binding.method.rawValue,
                path: binding.path,
                group: group(of: binding),
                description: summary,
                params: params.isEmpty ? nil : params,
                body: exampleBody(of: binding)
            )
        }
    }

    private func parameter(_ name: String, in place: RouteInfo.Parameter.Place) -> RouteInfo.Parameter {
        let example: JSONValue? = name == "projectId" ? "local" : exampleParams[name]
        return RouteInfo.Parameter(name: name, place: place, required: true, example: example)
    }

    private func parameter(_ query: QueryParameter) -> RouteInfo.Parameter {
        let isRequired = parameters.contains { $0.name == query.member && $0.isRequired }
        return RouteInfo.Parameter(
            name: query.name,
            place: .query,
            required: isRequired ? true : nil,
            example: query.member.flatMap { exampleParams[$0] }
        )
    }

    /// What is left of the example params once path and query have theirs.
    func exampleBody(of binding: HTTPBinding) -> JSONValue? {
        guard case .json = binding.body else { return nil }
        if let example = binding.exampleBody { return example }
        let elsewhere = Set(binding.pathParameters + binding.query.compactMap(\.member))
        return .object((exampleParams.objectValue ?? [:]).filter { !elsewhere.contains($0.key) })
    }

    /// The heading it stands under.
    func group(of binding: HTTPBinding) -> String {
        if binding.path.contains("/providers") { return "Providers" }
        switch noun {
        case "system": return "Health"
        case "auth": return "Auth"
        case "preference": return "Preferences"
        case "project": return "Projects"
        case "event": return "Events"
        case "workspace": return "Workspaces"
        case "agent": return "Agents"
        case "chat", "approval": return "Chat"
        case "terminal": return "Terminal"
        case "git": return "Git"
        case "file": return "Files"
        case "credential": return "Credentials"
        case "member", "invitation": return "Members"
        case "cache": return "Cache"
        case "session": return binding.path.hasSuffix("/diff") ? "Files" : "Sessions"
        default: return "Other"
        }
    }
}
