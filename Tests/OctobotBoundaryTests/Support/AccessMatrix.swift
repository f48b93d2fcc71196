import JSONRPC
import JSONText
import OctobotAPI
import OctobotModel
import OctobotServer
import OctobotServices
import Testing

/// Makes the calls of the matrix and holds the answers against the declarations.
struct AccessMatrix {
    private let world: World
    private let validator = TrafficValidator()
    /// A project of the members among the callers, which no allowed call of them is about.
    private let home: Settlement
    /// The outsider's.
    private let foreign: Settlement
    private let untouched: [String]
    private var settled = 0
    private(set) var cells = 0

    /// What a call came to: the fault as it goes over the wire, or the result.
    private struct Outcome: Equatable {
        var kind: FaultKind?
        var text: String
    }

    init(_ world: World) async throws {
        self.world = world
        home = try await Settlement.found("home", provider: "anthropic", members: Caller.members, in: world)
        var foreign = try await Settlement.found(
            "foreign",
            provider: "openai",
            members: [(Caller.outsider.userID, .owner)],
            in: world
        )
        let login = await world.table.call(
            "credential.authorizeAnthropic",
            params: ["projectId": .string(foreign.project.rawValue)],
            call: Call(principal: Caller.outsider.principal, requestID: "r1"),
            unknownMembers: .refuse
        )
        let state = try JSONValue(parsing: login.get())["state"]?.stringValue
        foreign = foreign.naming("state", try #require(state))
        self.foreign = foreign
        untouched = try await world.content(of: foreign.project)
    }

    /// The project nobody here belongs to is as it was.
    func finish() async throws {
        let now = try await world.content(of: foreign.project)
        let (gone, new) = (untouched.filter { !now.contains($0) }, now.filter { !untouched.contains($0) })
        #expect(now == untouched, "\(new) in place of \(gone)")
        #expect(try await world.integrity() == ["ok"])
    }

    mutating func check(_ operation: AnyOperation, _ recipe: Recipe, _ caller: Caller) async throws {
        let isAllowed = caller.may(operation.access)
        let what = "\(operation.name) by \(caller.rawValue)"
        let mine = try await place(isAllowed && operation.access.isProjectScoped)
        let own = try await outcome(of: operation, recipe, caller, about: mine)
        cells += 1
        guard isAllowed else {
            let refusal: FaultKind = caller == .nobody ? .unauthenticated : .permissionDenied
            #expect(own.kind == refusal, "\(what), own: \(own.text)")
            for name in recipe.names {
                for other in [foreign, .missing] {
                    let outcome = try await outcome(of: operation, recipe, caller, about: mine, but: [name: other])
                    cells += 1
                    #expect(outcome == own, "\(what), \(name) of \(other.project)")
                }
            }
            return try await checkProjects(operation, recipe, caller, refusal)
        }
        #expect(own.kind != .permissionDenied && own.kind != .unauthenticated, "\(what), own: \(own.text)")
        try await checkNames(operation, recipe, caller, mine, own)
        if operation.access.isProjectScoped {
            try await checkProjects(operation, recipe, caller, .permissionDenied)
        }
    }

    /// Along each axis the foreign and the missing come to the same, which is not what one's own comes to.
    private mutating func checkNames(
        _ operation: AnyOperation,
        _ recipe: Recipe,
        _ caller: Caller,
        _ mine: Settlement,
        _ own: Outcome
    ) async throws {
        for name in recipe.names {
            let what = "\(operation.name) by \(caller.rawValue), \(name)"
            let theirs = try await outcome(of: operation, recipe, caller, about: home, but: [name: foreign])
            let none = try await outcome(of: operation, recipe, caller, about: home, but: [name: .missing])
            cells += 2
            #expect(theirs == none, "\(what): foreign and missing differ")
            if !recipe.lenient.contains(name) { #expect(none.kind == .notFound, "\(what): \(none.text)") }
            if !recipe.passing.contains(name) && !recipe.lenient.contains(name) {
                #expect(own != none, "\(what): one's own is not found: \(own.text)")
            }
        }
    }

    /// Another project and one that does not exist are refused alike, whatever is in them.
    private mutating func checkProjects(
        _ operation: AnyOperation,
        _ recipe: Recipe,
        _ caller: Caller,
        _ refusal: FaultKind
    ) async throws {
        guard operation.access.isProjectScoped else { return }
        let other = caller == .outsider ? home : foreign
        let theirs = try await outcome(of: operation, recipe, caller, about: other)
        let none = try await outcome(of: operation, recipe, caller, about: .missing)
        cells += 2
        #expect(theirs == none, "\(operation.name) by \(caller.rawValue): the projects differ")
        #expect(none.kind == refusal, "\(operation.name) by \(caller.rawValue), another project: \(none.text)")
    }

    /// A project the caller may do anything to, a new one for a call that may change it.
    private mutating func place(_ isChanged: Bool) async throws -> Settlement {
        guard isChanged else { return home }
        settled += 1
        return try await Settlement.found("p\(settled)", provider: "anthropic", members: Caller.members, in: world)
    }

    private func outcome(
        of operation: AnyOperation,
        _ recipe: Recipe,
        _ caller: Caller,
        about place: Settlement,
        but replaced: [String: Settlement] = [:]
    ) async throws -> Outcome {
        var params = operation.exampleParams.objectValue ?? [:]
        params.merge(recipe.params) { $1 }
        for name in recipe.without { params[name] = nil }
        // A new thing has a new name.
        params["id"] = nil
        if operation.access.isProjectScoped || params["projectId"] != nil {
            params["projectId"] = .string(place.project.rawValue)
        }
        for name in recipe.names { params[name] = ((replaced[name] ?? place).names[name]).map { .string($0) } }
        params["_meta"] = ["timeoutMs": 300]
        let call = Call(principal: caller.principal, requestID: "r1")
        let bytes = JSONValue.object(params).serialized()
        var fault: Fault?
        var text = ""
        if operation.stream == nil {
            switch await world.table.call(operation.name, params: bytes, call: call) {
            case .success(let result): text = String(decoding: result, as: UTF8.self)
            case .failure(let failure): fault = failure
            }
        } else if case .failure(let failure) = await world.table.open(operation.name, params: bytes, call: call) {
            fault = failure
        }
        if let fault {
            let error = fault.rpcError(requestID: "r1").json
            text = String(decoding: error.serialized(), as: UTF8.self)
            do {
                try validator.check(error: error, of: operation.name)
            } catch {
                Issue.record("\(operation.name): \(error)")
            }
        }
        text = place.anonymous(text)
        for other in replaced.values { text = other.anonymous(text) }
        return Outcome(kind: fault?.kind, text: text)
    }
}

extension Settlement {
    /// The same with another name for one thing.
    func naming(_ member: String, _ name: String) -> Settlement {
        Settlement(project: project, names: names.merging([member: name]) { $1 })
    }
}
