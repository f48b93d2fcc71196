package import OctobotAPI
package import OctobotModel
import OctobotSandbox
import OctobotStore

/// The caches that a project's sandboxes share (`cache.*`; rest-api.md §7).
package struct CacheService: Sendable {
    private let ledger: Ledger
    private let providers: SandboxProviders

    init(ledger: Ledger, providers: SandboxProviders) {
        self.ledger = ledger
        self.providers = providers
    }

    /// `cache.list`.
    package func list(_ params: ListCaches.Params, _ call: Call) async throws(Fault) -> Page<CacheVolume> {
        let project = params.project
        var volumes: [CacheVolume] = []
        for provider in try await usable(in: project) {
            do throws(SandboxError) {
                volumes += try await provider.caches(of: project).map(CacheVolume.init)
            } catch {
                throw error.fault
            }
        }
        return Page(items: volumes)
    }

    /// `cache.delete`.
    package func delete(_ params: DeleteCaches.Params, _ call: Call) async throws(Fault) -> Empty {
        let project = params.project
        for provider in try await usable(in: project) {
            do throws(SandboxError) {
                try await provider.deleteCaches(of: project)
            } catch {
                throw error.fault
            }
        }
        return Empty()
    }

    /// The providers that work, and those the project needs, working or not: what a project never used may be missing.
    private func usable(in project: ProjectID) async throws(Fault) -> [any SandboxProvider] {
        let statuses = await providers.statuses()
        let needed = try await ledger.read { reader in
            var names: Set<String> = []
            var cursor: String?
            repeat {
                let page = try reader.workspaces(in: project, page: PageRequest(limit: 500, cursor: cursor))
                names.formUnion(page.items.map(\.provider))
                cursor = page.nextCursor
            } while cursor != nil
            return names
        }
        return providers.all.filter { statuses[$0.name]?.available == true || needed.contains($0.name) }
    }
}

extension CacheVolume {
    init(_ cache: SandboxCache) {
        self.init(
            name: cache.name,
            mountpoint: cache.path,
            labels: [
                "octobot.managed": "true", "octobot.project.id": cache.projectID.rawValue, "octobot.type": "cache",
            ],
            createdAt: cache.createdAt,
            usage: cache.bytes.map { Usage(size: $0) }
        )
    }
}
