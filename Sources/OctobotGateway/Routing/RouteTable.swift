import HTTPTypes
import OctobotAPI
import OctobotModel

/// A REST route: the operation and the binding it means.
struct Route: Sendable {
    let operation: AnyOperation
    let binding: HTTPBinding
}

/// The routes made from the HTTP bindings of the declarations (decision 66).
///
/// A tree of path segments; a literal segment wins over a parameter, and where it leads nowhere the parameter is tried.
struct RouteTable: Sendable {
    /// What a path leads to.
    struct Match: Sendable {
        /// By method; `GET` also answers `HEAD`.
        let routes: [HTTPRequest.Method: Route]
        /// The values of the path parameters in the order of the template.
        let values: [String]

        /// The methods for `Allow` (RFC 9110 §10.2.1), sorted.
        var allowed: String {
            var methods = routes.keys.map(\.rawValue)
            if routes[.get] != nil { methods.append("HEAD") }
            methods.append("OPTIONS")
            return methods.sorted().joined(separator: ", ")
        }
    }

    private struct Node: Sendable {
        var literals: [String: Node] = [:]
        var parameter: [Node] = []
        var routes: [HTTPRequest.Method: Route] = [:]
        var toleratesSlash = false
    }

    private var root = Node()

    /// Paths that also answer with a trailing slash (rest-api.md §1.6).
    private static let collectionRoots: Set<String> = [
        "/api/preferences", "/api/projects", "/api/projects/{projectId}", "/api/projects/{projectId}/workspaces",
        "/api/projects/{projectId}/agents", "/api/projects/{projectId}/credentials",
    ]

    init(_ operations: [AnyOperation]) {
        for operation in operations {
            for binding in operation.http {
                let segments = binding.path.split(separator: "/").map(String.init)
                Self.insert(Route(operation: operation, binding: binding), at: segments[...], in: &root)
            }
        }
    }

    /// What `segments` lead to, or `nil` for an unknown path.
    ///
    /// - Throws: `InvalidParams` when a segment in the middle is empty.
    func match(_ segments: [String]) throws(Fault) -> Match? {
        guard !segments.dropLast().contains("") else {
            throw .invalidParams("The path has an empty segment.", pointer: "", rule: "path")
        }
        var path = segments[...]
        let endsInSlash = path.last == ""
        if endsInSlash { path.removeLast() }
        var values: [String] = []
        guard let node = Self.find(path, in: root, &values), !node.routes.isEmpty,
            !endsInSlash || node.toleratesSlash
        else { return nil }
        return Match(routes: node.routes, values: values)
    }

    private static func insert(_ route: Route, at segments: ArraySlice<String>, in node: inout Node) {
        guard let first = segments.first else {
            node.routes[route.binding.method] = route
            node.toleratesSlash = collectionRoots.contains(route.binding.path)
            return
        }
        if first.hasPrefix("{") {
            if node.parameter.isEmpty { node.parameter = [Node()] }
            insert(route, at: segments.dropFirst(), in: &node.parameter[0])
        } else {
            insert(route, at: segments.dropFirst(), in: &node.literals[first, default: Node()])
        }
    }

    private static func find(_ segments: ArraySlice<String>, in node: Node, _ values: inout [String]) -> Node? {
        guard let first = segments.first else { return node }
        if let next = node.literals[first], let found = find(segments.dropFirst(), in: next, &values),
            !found.routes.isEmpty
        {
            return found
        }
        guard let next = node.parameter.first else { return nil }
        values.append(first)
        if let found = find(segments.dropFirst(), in: next, &values), !found.routes.isEmpty { return found }
        values.removeLast()
        return nil
    }
}
