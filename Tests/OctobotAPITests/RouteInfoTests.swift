import HTTPTypes
import JSONText
import OctobotAPI
import Testing

@Suite("The list of routes")
struct RouteInfoTests {
    private func route(_ method: String, _ path: String) throws -> RouteInfo {
        try #require(Operations.routes.first { $0.method == method && $0.path == path })
    }

    private let bindings = Operations.all.flatMap(\.http).filter {
        !["/api/routes", "/api/ui", "/openapi.json", "/docs"].contains($0.path)
    }

    @Test("every binding is there in the order of the declarations, but those of the list")
    func complete() {
        #expect(Operations.routes.map(\.path) == bindings.map(\.path))
        #expect(Operations.routes.map(\.method) == bindings.map(\.method.rawValue))
        #expect(Operations.routes.first?.path == "/health")
    }

    @Test("every name in the path is a required parameter, and only a body has an example of one")
    func parameters() {
        for (route, binding) in zip(Operations.routes, bindings) {
            let inPath = (route.params ?? []).filter { $0.place == .path }
            #expect(inPath.map(\.name) == binding.pathParameters)
            #expect(inPath.allSatisfy { $0.required == true })
        }
        for route in Operations.routes where route.method == "GET" { #expect(route.body == nil, "\(route.path)") }
    }

    @Test("a body is what is left of the params, or what a hand-written route reads")
    func bodies() throws {
        let p = "/api/projects/{projectId}"
        #expect(try route("PUT", "/api/preferences/{key}").body?.objectValue?.keys.sorted() == ["value"])
        let workspace = try #require(try route("POST", "\(p)/workspaces").body?.objectValue)
        #expect(workspace["path"] != nil && workspace["projectId"] == nil)
        #expect(try route("POST", "\(p)/chat").body?["messages"]?.arrayValue?.count == 1)
        #expect(try route("POST", "\(p)/chat/{sessionId}/answer").body?["toolUseID"] == "p1")
        #expect(try route("POST", "\(p)/chat/{sessionId}/cancel").body == nil)
        for operation in Operations.all {
            for binding in operation.http where binding.shape == .custom {
                guard case .json = binding.body else { continue }
                // Its body is params; only the status of the answer is made by hand.
                if operation.name == PollCopilot.name { continue }
                #expect(binding.exampleBody != nil, "\(binding.path)")
            }
        }
    }

    @Test("query parameters of hand-written routes are told too")
    func queries() throws {
        let events = try route("GET", "/api/projects/{projectId}/events")
        #expect(events.params?.filter { $0.place == .query }.map(\.name) == ["since", "after"])
    }
}
