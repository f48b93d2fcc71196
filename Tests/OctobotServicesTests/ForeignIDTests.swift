import OctobotAPI
import OctobotModel
import OctobotTestSupport
import Testing

@testable import OctobotServices

@Suite("Ids of one's own choice", .timeLimit(.minutes(2)))
struct ForeignIDTests {
    @Test("an id that another project has answers like an object of that project: in the words of a missing one")
    func foreign() async throws {
        try await withHouse { house in
            try await house.live(runsServices: false) { life in
                let services = life.services
                let call = life.call
                let other = try await services.projectLife.create(CreateProject.Params(name: "Other"), call).id
                let path = house.user.path
                let workspace = try await services.workspaces.create(
                    CreateWorkspace.Params(projectID: other, id: "theirs", path: path),
                    call
                )
                _ = try await services.agents.create(
                    CreateAgent.Params(projectID: other, id: "theirs", agentType: "demo"),
                    call
                )
                _ = try await services.sessions.create(
                    CreateSession.Params(projectID: other, workspaceID: workspace.id, id: "theirs", start: false),
                    call
                )
                let own = try await services.workspaces.create(CreateWorkspace.Params(id: "own", path: path), call)

                let session = await fault {
                    _ = try await services.sessions.get(GetSession.Params(sessionID: "theirs"), call)
                }
                #expect(session?.kind == .notFound)
                for id in ["theirs", "THEIRS"] as [SessionID] {
                    let expected = Fault.notFound("session", id)
                    let made = await fault {
                        let params = CreateSession.Params(workspaceID: own.id, id: id, start: false)
                        _ = try await services.sessions.create(params, call)
                    }
                    let prompted = await fault {
                        var params = SendChat.Params(sessionID: id, text: "hello")
                        params.create = .init(workspaceID: own.id)
                        _ = try await services.chat.send(params, call)
                    }
                    #expect(made == expected)
                    #expect(prompted == expected)
                }
                let copied = await fault {
                    _ = try await services.workspaces.create(CreateWorkspace.Params(id: "theirs", path: path), call)
                }
                #expect(copied == .notFound("workspace", "theirs"))
                let agent = await fault {
                    _ = try await services.agents.create(CreateAgent.Params(id: "theirs", agentType: "demo"), call)
                }
                #expect(agent == .notFound("agent", "theirs"))
            }
        }
    }

    @Test("an id that is taken does not show through a refusal for another reason")
    func reasons() async throws {
        try await withHouse { house in
            try await house.live(runsServices: false) { life in
                let services = life.services
                let other = try await services.projectLife.create(CreateProject.Params(name: "Other"), life.call).id
                let workspace = try await services.workspaces.create(
                    CreateWorkspace.Params(projectID: other, path: house.user.path),
                    life.call
                )
                _ = try await services.sessions.create(
                    CreateSession.Params(projectID: other, workspaceID: workspace.id, id: "theirs", start: false),
                    life.call
                )
                for id in ["theirs", "nobodys"] as [SessionID] {
                    let refusal = await fault {
                        let params = CreateSession.Params(workspaceID: workspace.id, id: id, start: false)
                        _ = try await services.sessions.create(params, life.call)
                    }
                    #expect(refusal == .notFound("workspace", workspace.id))
                }
            }
        }
    }

    @Test("an id that one's own project has exists already")
    func own() async throws {
        try await withHouse { house in
            try await house.live(runsServices: false) { life in
                let path = house.user.path
                let create = CreateWorkspace.Params(id: "w", path: path)
                _ = try await life.services.workspaces.create(create, life.call)
                let params = CreateSession.Params(workspaceID: "w", id: "mine", start: false)
                _ = try await life.services.sessions.create(params, life.call)
                #expect(
                    await fault { _ = try await life.services.workspaces.create(create, life.call) }?.kind
                        == .alreadyExists
                )
                #expect(
                    await fault { _ = try await life.services.sessions.create(params, life.call) }?.kind
                        == .alreadyExists
                )
            }
        }
    }
}
