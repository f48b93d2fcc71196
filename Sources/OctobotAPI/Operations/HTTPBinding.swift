package import HTTPTypes
package import JSONText

/// A REST route that means an operation.
///
/// Path and query parameters and the members of the body become members of the params; the shape says how the result
/// becomes the body of the answer.
package struct HTTPBinding: Sendable {
    package enum Body: Sendable {
        /// The request has no body.
        case none
        /// The body is a JSON object whose members are params.
        case json
        /// Whatever is sent is not looked at.
        case ignored
    }

    package enum Shape: Sendable, Equatable {
        /// The result as it is.
        case entity
        /// The items of all pages as the one member of an object: `{"workspaces":[…]}`.
        case list(String)
        /// The items of one page as a member of an object, beside `nextCursor`.
        case page(String)
        /// The items of all pages as an array.
        case array
        /// `{"success":true}`.
        case success
        /// The members of the result and `"success":true`.
        case successAndEntity
        /// The result, or with that query parameter the one element of the result's member `list`.
        case element(list: String, whenGiven: String)
        /// Written by hand in the gateway; only the route comes from here.
        case custom
    }

    package var method: HTTPRequest.Method
    /// With `{member}` for what comes from the path.
    package var path: String
    package var success: Int
    package var query: [QueryParameter]
    package var body: Body
    package var shape: Shape
    /// Members that stand when neither path, query nor body has them.
    package var defaults: [String: JSONValue]
    /// Members dropped when they are the empty string, for clients that send what they do not mean.
    package var ignoredWhenEmpty: [String]
    /// A body as clients send it, where it is not made of params: a hand-written route reads it.
    package var exampleBody: JSONValue?
    /// Whether no body at all counts as `{}`; elsewhere it is a mistake (rest-api.md §1.7).
    package var bodyIsOptional: Bool

    package init(
        _ method: HTTPRequest.Method,
        _ path: String,
        success: Int = 200,
        query: [QueryParameter] = [],
        body: Body = .none,
        shape: Shape = .entity,
        defaults: [String: JSONValue] = [:],
        ignoredWhenEmpty: [String] = [],
        exampleBody: JSONValue? = nil,
        bodyIsOptional: Bool = false
    ) {
        self.method = method
        self.path = path
        self.success = success
        self.query = query
        self.body = body
        self.shape = shape
        self.defaults = defaults
        self.ignoredWhenEmpty = ignoredWhenEmpty
        self.exampleBody = exampleBody
        self.bodyIsOptional = bodyIsOptional
    }

    /// The names between braces in ``path``, in their order.
    package var pathParameters: [String] {
        path.split(separator: "/").filter { $0.first == "{" && $0.last == "}" }.map {
            String($0.dropFirst().dropLast())
        }
    }
}

/// A query parameter of a route.
package struct QueryParameter: Sendable, ExpressibleByStringLiteral {
    package var name: String
    /// The params member it becomes; `nil` where a hand-written route reads it.
    package var member: String?

    package init(_ name: String, member: String?) {
        self.name = name
        self.member = member
    }

    package init(stringLiteral value: String) {
        self.init(value, member: value)
    }

    /// A parameter that the hand-written part of a route reads.
    package static func custom(_ name: String) -> QueryParameter { QueryParameter(name, member: nil) }
}

extension HTTPBinding {
    package static func get(_ path: String, query: [QueryParameter] = [], shape: Shape = .entity) -> HTTPBinding {
        HTTPBinding(.get, path, query: query, shape: shape)
    }

    package static func post(
        _ path: String,
        success: Int = 200,
        body: Body = .json,
        shape: Shape = .entity,
        exampleBody: JSONValue? = nil
    ) -> HTTPBinding {
        HTTPBinding(.post, path, success: success, body: body, shape: shape, exampleBody: exampleBody)
    }

    package static func put(
        _ path: String,
        body: Body = .json,
        shape: Shape = .entity,
        defaults: [String: JSONValue] = [:],
        ignoredWhenEmpty: [String] = []
    ) -> HTTPBinding {
        HTTPBinding(.put, path, body: body, shape: shape, defaults: defaults, ignoredWhenEmpty: ignoredWhenEmpty)
    }

    package static func patch(_ path: String, ignoredWhenEmpty: [String] = []) -> HTTPBinding {
        HTTPBinding(.patch, path, body: .json, ignoredWhenEmpty: ignoredWhenEmpty)
    }

    package static func delete(_ path: String, query: [QueryParameter] = []) -> HTTPBinding {
        HTTPBinding(.delete, path, query: query, shape: .success)
    }
}

extension HTTPBinding {
    /// The same with `limit` and `cursor` in the query, where it shows a list that has pages.
    func offeringPages(of params: @autoclosure () -> JSONSchema) -> HTTPBinding {
        guard showsList, case .object(let rules) = params().kind, rules.member("limit") != nil else { return self }
        var copy = self
        for name in ["limit", "cursor"] where !query.contains(where: { $0.name == name }) {
            copy.query.append(QueryParameter(stringLiteral: name))
        }
        return copy
    }

    /// Whether the answer is the items of all pages unless one is asked for.
    package var showsList: Bool {
        switch shape {
        case .list, .array: true
        default: false
        }
    }
}
