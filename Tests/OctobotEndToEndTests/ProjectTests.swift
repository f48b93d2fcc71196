import Foundation
import JSONText
import OctobotTestSupport
import Testing

/// Projects with all that belongs to them, over REST and the socket.
@Suite("projects", .serialized, .timeLimit(.minutes(3)))
struct ProjectTests {
    @Test("a project is made, named, used and deleted; nothing of it is left but the user's folder")
    func life() async throws {
        try await withDaemon { daemon in
            let repository = try await ScratchRepository(in: daemon.folder)
            let browser = Browser(base: try await daemon.gateway())
            let made = try await browser.send("POST", "/api/projects", ["name": "Déjà vu & Co"])
            #expect(made.status == 201, "\(made.text)")
            let id = try #require(made.json["id"]?.stringValue)
            let slug = try #require(made.json["slug"]?.stringValue)
            #expect(slug.wholeMatch(of: /d-j-vu-co-[0-9a-f]{8}/) != nil, "\(slug)")
            let project = "/api/projects/\(id)"
            let renamed = try await browser.send("PUT", project, ["name": "Engine"])
            #expect(renamed.json["name"] == "Engine")
            #expect(renamed.json["slug"]?.stringValue == slug)
            #expect(try await browser.send("PUT", project, ["name": ""]).status == 400)
            let all = try await browser.send("GET", "/api/projects")
            #expect(all.json.arrayValue?.map { $0["id"] } == ["local", .string(id)])
            let members = try await browser.send("GET", project + "/members")
            #expect(members.json.arrayValue?.map { $0["role"] } == ["owner"])

            let peer = try daemon.connect()
            let workspace = try await browser.send(
                "POST",
                project + "/workspaces",
                ["path": .string(repository.path)]
            )
            let workspaceID = try #require(workspace.json["id"])
            _ = try await peer.call("agent.create", ["projectId": .string(id), "agentType": "demo"])
            let session = try await peer.call(
                "session.create",
                ["projectId": .string(id), "workspaceId": workspaceID, "start": false]
            )
            // Another project sees nothing of it.
            let foreign = try await browser.send(
                "GET",
                "/api/projects/local/workspaces/\(workspaceID.stringValue ?? "")"
            )
            #expect(foreign.status == 404)
            #expect(
                try await browser.send("GET", "/api/projects/local/sessions/\(session["id"]?.stringValue ?? "")").status
                    == 404
            )

            let refused = try await browser.send("DELETE", project)
            #expect(refused.status == 409, "\(refused.text)")
            let deleted = try await browser.send("DELETE", project + "?force=true")
            #expect(deleted.status == 200, "\(deleted.text)")
            #expect(try await browser.send("GET", project).status == 403)
            #expect(try await browser.send("GET", "/api/projects").json.arrayValue?.count == 1)
            #expect(repository.read("plants.txt") == "tomatoes\nbeans\n")
        }
    }

    @Test("the local project and its owner stay; invitations are told once, accepted by the right person, and end")
    func people() async throws {
        try await withDaemon { daemon in
            let browser = Browser(base: try await daemon.gateway())
            let local = "/api/projects/local"
            #expect(try await browser.send("DELETE", local + "?force=true").status == 409)
            let owner = "00000000-0000-0000-0000-000000000001"
            #expect(try await browser.send("DELETE", local + "/members/\(owner)").status == 403)
            #expect(try await browser.send("DELETE", local + "/members/nobody").status == 404)
            for email in ["", "x", "a b@c", "@", "a@b@c"] {
                #expect(
                    try await browser.send("POST", local + "/invitations", ["email": .string(email)]).status == 400
                )
            }
            #expect(
                try await browser.send("POST", local + "/invitations", ["email": "a@b.c", "role": "king"]).status == 400
            )
            let made = try await browser.send("POST", local + "/invitations", ["email": "Ada@Example.org"])
            #expect(made.status == 201, "\(made.text)")
            let token = try #require(made.json["token"]?.stringValue)
            #expect(token.wholeMatch(of: /[0-9a-f]{64}/) != nil)
            #expect(try await browser.send("POST", local + "/invitations", ["email": "ada@example.org"]).status == 409)
            let list = try await browser.send("GET", local + "/invitations")
            #expect(list.json.arrayValue?.map { $0["token"] } == [nil])
            // The anonymous user is not Ada.
            #expect(try await browser.send("POST", local + "/invitations/\(token)/accept").status == 404)
            let invitation = try #require(made.json["id"]?.stringValue)
            #expect(try await browser.send("DELETE", local + "/invitations/\(invitation)").status == 200)
            #expect(try await browser.send("DELETE", local + "/invitations/\(invitation)").status == 404)
            let own = try await browser.send("POST", local + "/invitations", ["email": "anonymous@local"])
            let ownToken = try #require(own.json["token"]?.stringValue)
            #expect(try await browser.send("POST", local + "/invitations/\(ownToken)/accept").status == 409)
            #expect(try await browser.send("POST", "/api/projects/nope/invitations/\(ownToken)/accept").status == 404)
        }
    }
}
