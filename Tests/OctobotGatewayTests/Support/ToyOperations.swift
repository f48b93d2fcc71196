import HTTPTypes
import JSONText
import OctobotAPI
import OctobotModel

/// What the toy operations have in common.
protocol ToyOperation: Operation {}

extension ToyOperation {
    static var summary: String { "A toy" }
    static var description: String { "A toy." }
    static var access: Access { .member }
    static var errors: [FaultKind] { [] }
    static var isIdempotent: Bool { true }
    static var isDurable: Bool { false }
}

/// A thing with every type of member a route can carry.
struct Thing: Codable, Sendable, Equatable, ComponentDescribing {
    var projectID: ProjectID?
    var thingID: String?
    var title: String?
    var size: Int?
    var isLoud: Bool?

    enum CodingKeys: String, CodingKey {
        case title, size, isLoud
        case projectID = "projectId"
        case thingID = "thingId"
    }

    static let schemaName = "Thing"
    static let definition = JSONSchema.parameters(
        .optional("projectId", .identifier, "The project."),
        .optional("thingId", .identifier, "The thing."),
        .optional("title", .string(1...100), "A title."),
        .optional("size", .integer(0...100), "A size."),
        .optional("isLoud", .boolean, "Loud.")
    )
    static let schema = definition
}

extension Thing: ProjectScoped {}

enum GetThing: ToyOperation {
    typealias Params = Thing
    typealias Result = Thing
    static let name = "thing.get"
    static let http: [HTTPBinding] = [
        .get("/api/projects/{projectId}/things/{thingId}", query: ["size", "isLoud"])
    ]
    static let exampleParams = Thing()
    static let exampleResult = Thing()
}

enum CreateThing: ToyOperation {
    typealias Params = Thing
    typealias Result = Thing
    static let name = "thing.create"
    static let http: [HTTPBinding] = [
        .post("/api/projects/{projectId}/things", success: 201),
        .put("/api/projects/{projectId}/things/{thingId}", defaults: ["size": 7], ignoredWhenEmpty: ["title"]),
    ]
    static let isDurable = true
    static let exampleParams = Thing()
    static let exampleResult = Thing()
}

enum DeleteThing: ToyOperation {
    typealias Params = Thing
    typealias Result = Empty
    static let name = "thing.delete"
    static let http: [HTTPBinding] = [.delete("/api/projects/{projectId}/things/{thingId}", query: ["isLoud"])]
    static let exampleParams = Thing()
    static let exampleResult = Empty()
}

enum ListThings: ToyOperation {
    struct Params: Codable, Sendable, SchemaDescribing, ProjectScoped {
        var projectID: ProjectID?
        var limit: Int?
        var cursor: String?

        enum CodingKeys: String, CodingKey {
            case limit, cursor
            case projectID = "projectId"
        }

        static let schema = JSONSchema.parameters(
            .optional("projectId", .identifier, "The project."),
            .optional("limit", .pageSize, "How many."),
            .optional("cursor", .cursor, "Where to go on.")
        )
    }
    typealias Result = Page<Thing>
    static let name = "thing.list"
    static let http: [HTTPBinding] = [
        .get("/api/projects/{projectId}/things", shape: .list("things")),
        .get("/api/projects/{projectId}/things/special", shape: .array),
    ]
    static let exampleParams = Params()
    static let exampleResult = Page<Thing>(items: [])
}

/// Waits until it is cancelled or let go.
enum WaitThing: ToyOperation {
    typealias Params = Thing
    typealias Result = Thing
    static let name = "thing.wait"
    static let http: [HTTPBinding] = [.post("/api/projects/{projectId}/wait", body: .ignored, shape: .success)]
    static let exampleParams = Thing()
    static let exampleResult = Thing()
}

let toyOperations: [AnyOperation] = [
    AnyOperation(GetThing.self), AnyOperation(CreateThing.self), AnyOperation(DeleteThing.self),
    AnyOperation(ListThings.self), AnyOperation(WaitThing.self), AnyOperation(SendChat.self),
    AnyOperation(stream: SubscribeChat.self), AnyOperation(stream: SubscribeEvents.self),
    AnyOperation(OpenTerminal.self), AnyOperation(CancelChat.self), AnyOperation(ListApprovals.self),
    AnyOperation(AnswerApproval.self),
]
