import JSONText
import OctobotAPI
import OctobotModel

/// What the toy operations have in common.
protocol ToyOperation: Operation where Params == Thing, Result == Thing {}

extension ToyOperation {
    static var summary: String { "A toy" }
    static var description: String { "A toy." }
    static var access: Access { .member }
    static var errors: [FaultKind] { [.notFound] }
    static var isIdempotent: Bool { true }
    static var isDurable: Bool { false }
    static var exampleParams: Thing { Thing() }
    static var exampleResult: Thing { Thing() }
}

struct Thing: Codable, Sendable, Equatable, ComponentDescribing, ProjectScoped {
    var projectID: ProjectID?
    var thingID: String?
    var title: String?
    var size: Int?

    enum CodingKeys: String, CodingKey {
        case title, size
        case projectID = "projectId"
        case thingID = "thingId"
    }

    static let schemaName = "Thing"
    static let definition = JSONSchema.parameters(
        .optional("projectId", .identifier, "The project."),
        .optional("thingId", .identifier, "The thing."),
        .optional("title", .string(0...10_000_000), "A title."),
        .optional("size", .integer(0...100), "A size.")
    )
    static let schema = definition
}

/// Answers at once.
enum GetThing: ToyOperation {
    static let name = "thing.get"
}

/// Waits for the turnstile.
enum WaitThing: ToyOperation {
    static let name = "thing.wait"
}

/// Waits for the turnstile, one thing at a time.
enum StoreThing: ToyOperation {
    static let name = "thing.store"
    static let concurrency = Concurrency.serial(by: "thingId")
}

/// Waits for the turnstile, whoever is still there.
enum CreateThing: ToyOperation {
    static let name = "thing.create"
    static let isDurable = true
}

/// Remembers its calls.
enum KeepThing: ToyOperation {
    static let name = "thing.keep"
    static let errors: [FaultKind] = [.idempotencyConflict]
}

/// The same, with nothing in the result.
enum KeepNothing: ToyOperation {
    static let name = "thing.keepNothing"
    static let errors: [FaultKind] = [.idempotencyConflict]
}

/// Two pages.
enum ListThings: Operation {
    struct Params: Codable, Sendable, SchemaDescribing {
        var cursor: String?

        static let schema = JSONSchema.parameters(.optional("cursor", .cursor, "Where to go on."))
    }

    typealias Result = Page<Thing>
    static let name = "thing.list"
    static let summary = "Toys"
    static let description = "Toys."
    static let access = Access.member
    static let errors: [FaultKind] = []
    static let isIdempotent = true
    static let isDurable = false
    static let exampleParams = Params()
    static let exampleResult = Page<Thing>(items: [])
}

let toyOperations: [AnyOperation] =
    Operations.all.filter { $0.name.hasPrefix("rpc.") } + [
        AnyOperation(GetThing.self), AnyOperation(WaitThing.self), AnyOperation(StoreThing.self),
        AnyOperation(CreateThing.self), AnyOperation(ListThings.self), AnyOperation(stream: SubscribeEvents.self),
        AnyOperation(stream: SubscribeChat.self),
        AnyOperation(KeepThing.self), AnyOperation(KeepNothing.self),
    ]

/// Holds calls by the title of their thing until a test lets them through.
final class Turnstile: Sendable {
    struct State: Sendable {
        /// Who has come, in order.
        var arrived: [String] = []
        var passed: [String] = []
        var cancelled: [String] = []
        var open: Set<String> = []
    }

    let state = Watched(State())

    func pass(_ thing: Thing) async throws {
        let name = thing.title ?? ""
        state.update { $0.arrived.append(name) }
        do {
            try await state.wait { $0.open.contains(name) }
            state.update { $0.passed.append(name) }
        } catch {
            state.update { $0.cancelled.append(name) }
            throw error
        }
    }

    func open(_ names: String...) { state.update { $0.open.formUnion(names) } }

    func arrival(of name: String) async throws { try await state.wait { $0.arrived.contains(name) } }
}
