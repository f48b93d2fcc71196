import Foundation
import OctobotAPI
import OctobotModel
import OctobotStore
import OctobotTestSupport
import Sealing
import Testing

@testable import OctobotServices

@Suite("The vault of credentials", .timeLimit(.minutes(2)))
struct VaultTests {
    private static let tokens = OAuthTokens(
        accessToken: "at-1",
        refreshToken: "rt-1",
        tokenType: "Bearer",
        scope: "user:inference",
        expiresAt: Timestamp(milliseconds: 4_000_000_000_000),
        accountID: "acct"
    )

    @Test("what is stored comes back as it was, and its parts say nothing when printed")
    func roundTrip() async throws {
        try await withHouse { house in
            try await house.live { life in
                let vault = life.services.credentials.vault
                let key = try await vault.store(.apiKey("sk-1"), for: "openai", name: "Work", in: .local)
                #expect(key.name == "Work" && key.authType == .apiKey && key.isConfigured && key.expiresAt == nil)
                let login = try await vault.store(.oauth(Self.tokens), for: "anthropic", in: .local)
                #expect(login.authType == .oauth && login.expiresAt == Self.tokens.expiresAt)
                let open = try await vault.credential(for: "anthropic", in: .local)
                #expect(open?.secret == .oauth(Self.tokens))
                #expect(try await vault.credential(for: "openai", in: .local)?.secret == .apiKey("sk-1"))
                let replaced = try await vault.store(.apiKey("sk-2"), for: "anthropic", in: .local)
                #expect(replaced.id == login.id && replaced.createdAt == login.createdAt && replaced.expiresAt == nil)
                #expect(try await vault.credential(for: "anthropic", in: .local)?.secret == .apiKey("sk-2"))
                for text in ["\(CredentialSecret.oauth(Self.tokens))", String(reflecting: Self.tokens)] {
                    #expect(!text.contains("-1"))
                }
                var dumped = ""
                dump(open, to: &dumped)
                #expect(!dumped.contains("at-1") && !dumped.contains("rt-1"))
            }
        }
    }

    @Test("a sealed secret opens in its own place alone")
    func place() async throws {
        try await withHouse { house in
            try await house.live { life in
                let vault = life.services.credentials.vault
                _ = try await vault.store(.apiKey("sk-1"), for: "openai", in: .local)
                _ = try await vault.store(.apiKey("sk-2"), for: "codex", in: .local)
                let (one, other) = try await life.store.read { reader in
                    (
                        try reader.sealedCredential(for: "openai", in: .local),
                        try reader.sealedCredential(for: "codex", in: .local)
                    )
                }
                let (stolen, target) = (try #require(one), try #require(other))
                #expect(stolen.sealed.count > 33)
                #expect(Data(stolen.sealed).firstRange(of: Data("sk-1".utf8)) == nil)
                try await life.store.write { transaction in
                    try transaction.resealCredential(target.credential.id, sealed: stolen.sealed)
                }
                let refused = await fault { _ = try await vault.credential(for: "codex", in: .local) }
                #expect(refused?.kind == .invalidState && refused?.reason == "credential.sealed")
                #expect(try await vault.credentials(in: .local).map(\.credential.provider) == ["openai"])
            }
        }
    }

    @Test("every change is one event, without the secret; what changes nothing is none")
    func events() async throws {
        try await withHouse { house in
            try await house.live { life in
                let vault = life.services.credentials.vault
                let reader = try await life.services.events.reader(ofLive: .local)
                let made = try await vault.store(.apiKey("sk-1"), for: "openai", in: .local)
                _ = try await vault.store(.apiKey("sk-2"), for: "openai", in: .local)
                #expect(try await vault.delete("openai", in: .local))
                #expect(try await !vault.delete("openai", in: .local))
                _ = try await vault.store(.apiKey("sk-3"), for: "codex", in: .local)
                var seen: [String] = []
                while seen.count < 4, let element = try await reader.next() {
                    guard case .entry(let entry) = element else { continue }
                    let text = String(decoding: entry.data, as: UTF8.self)
                    guard text.contains("credential_updated") else { continue }
                    #expect(!text.contains("sk-"))
                    if seen.count < 3 { #expect(text.contains(made.id.rawValue)) }
                    seen.append(["created", "updated", "removed"].first { text.contains("\"\($0)\"") } ?? text)
                }
                #expect(seen == ["created", "updated", "removed", "created"])
            }
        }
    }

    @Test("the key of a credential is set by the catalogue's providers only, and never repeated in an error")
    func refusals() async throws {
        try await withHouse { house in
            try await house.live { life in
                let service = life.services.credentials
                for params in [
                    SetCredential.Params(provider: "secret", apiKey: "secret"),
                    SetCredential.Params(provider: "openai", apiKey: "secret\n"),
                    SetCredential.Params(provider: "openai", apiKey: "sec\u{0}ret"),
                ] {
                    let refused = await fault { _ = try await service.set(params, life.call) }
                    #expect(refused?.kind == .invalidParams)
                    #expect(refused.map { "\($0.message)\($0.details)\($0.hint ?? "")".contains("secret") } == false)
                }
                let list = try await service.list(ProjectPage(), life.call)
                #expect(list.items.isEmpty)
                let absent = CredentialTarget(provider: "openai")
                let got = await fault { _ = try await service.get(absent, life.call) }
                let refreshed = await fault { _ = try await service.refresh(absent, life.call) }
                #expect(got?.kind == .notFound && refreshed?.kind == .notFound)
                let deleted = try await service.delete(absent, life.call)
                #expect(deleted == DeleteCredential.Result())
            }
        }
    }

    @Test("a project's credentials go with it, and are nobody else's")
    func projects() async throws {
        try await withHouse { house in
            try await house.live { life in
                let project = try await life.services.projectLife.create(CreateProject.Params(name: "p"), life.call)
                let vault = life.services.credentials.vault
                _ = try await vault.store(.apiKey("sk-1"), for: "openai", in: project.id)
                #expect(try await vault.credential(for: "openai", in: .local) == nil)
                _ = try await life.services.projectLife.delete(
                    DeleteProject.Params(projectID: project.id),
                    life.call
                )
                #expect(try await life.store.read { try $0.sealedCredentials(after: nil, limit: 9) }.isEmpty)
            }
        }
    }
}
