import DockerEngine
import Logging
import OctobotModel
import Synchronization

/// Sees to it that an image is there; who needs one that is being pulled waits for the same pull.
final class DockerImages: Sendable {
    private struct Pull {
        var task: Task<Void, Never>
        var startedAt = Timestamp.now
        var progress = PullProgress()
        var waiting: [Int: AsyncStream<Result<Void, SandboxError>>.Continuation] = [:]
        var next = 0
    }

    private let environment: [String: String]
    private let logger: Logger
    private let pulls = Mutex<[String: Pull]>([:])
    /// How pulls go: the newest word on them.
    let news: AsyncStream<ImagePull>
    private let telling: AsyncStream<ImagePull>.Continuation

    /// How long one attempt may take, how many there are and how long the first pause between them is.
    private let limit = Duration.seconds(300)
    private let attempts = 5
    private let firstPause = Duration.seconds(5)

    init(environment: [String: String], logger: Logger) {
        self.environment = environment
        self.logger = logger
        (news, telling) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// How far the pull of an image is, for people; `nil` when it is not being pulled.
    func progress(of name: String) -> String? {
        guard let progress = pulls.withLock({ $0[name]?.progress }) else { return nil }
        let mebibytes = { (bytes: Int64) in "\(bytes >> 20)" }
        let amount = progress.total > 0 ? ": \(mebibytes(progress.current)) of \(mebibytes(progress.total)) MiB" : ""
        return "Pulling \(name)\(amount)"
    }

    /// Whether an image is there or can be had.
    func check(_ name: String, _ client: DockerClient) async throws(SandboxError) {
        if try await inspect(name, client) == nil, Self.pullable(name) == nil { throw Self.missing(name) }
    }

    /// A label of an image that is there; `nil` when it has none or is not there.
    func label(_ label: String, of name: String, _ client: DockerClient) async throws(SandboxError) -> String? {
        try await inspect(name, client)?.labels[label]
    }

    /// The image, pulled when it is missing.
    ///
    /// - Throws: ``SandboxError/unavailable(component:message:hint:)`` for one that cannot be had.
    func ensure(_ name: String, _ client: DockerClient) async throws(SandboxError) -> ImageDetails {
        if let image = try await inspect(name, client) { return image }
        guard let reference = Self.pullable(name) else { throw Self.missing(name) }
        try await pull(name, reference, client)
        guard let image = try await inspect(name, client) else { throw Self.missing(name) }
        return image
    }

    private func inspect(_ name: String, _ client: DockerClient) async throws(SandboxError) -> ImageDetails? {
        do throws(DockerError) {
            return try await client.inspectImage(name)
        } catch {
            guard case .notFound = error else { throw SandboxError(error) }
            return nil
        }
    }

    /// The name as a registry knows it; `nil` for ids and for images that are only made locally.
    static func pullable(_ name: String) -> ImageReference? {
        guard let reference = ImageReference(name) else { return nil }
        let own = ImageReference(DockerConfiguration.standardImage)?.familiarName
        let isLocal = reference.familiarName == own || name.hasPrefix("octobot-local/")
        return isLocal ? nil : reference
    }

    private static func missing(_ name: String) -> SandboxError {
        .unavailable(
            component: "sandbox image",
            message: "The engine has no image '\(name)'.",
            hint: "Build it with contrib/sandbox-image/build, or name another one with SANDBOX_IMAGE."
        )
    }

    // MARK: Pulling

    private func pull(
        _ name: String,
        _ reference: ImageReference,
        _ client: DockerClient
    ) async throws(SandboxError) {
        let (stream, continuation) = AsyncStream<Result<Void, SandboxError>>.makeStream()
        let key = pulls.withLock { pulls in
            var pull =
                pulls[name] ?? Pull(task: Task { self.finish(name, await self.attempt(name, reference, client)) })
            pull.next += 1
            pull.waiting[pull.next] = continuation
            pulls[name] = pull
            return pull.next
        }
        for await result in stream { return try result.get() }
        // The caller was cancelled; a pull nobody waits for any more ends.
        let left = pulls.withLock { pulls -> Task<Void, Never>? in
            pulls[name]?.waiting[key] = nil
            return pulls[name]?.waiting.isEmpty == true ? pulls[name]?.task : nil
        }
        left?.cancel()
        throw .failed("The pull of '\(name)' was cancelled.")
    }

    /// Tells how a pull goes; called by the pull itself alone, so that nothing overtakes what was told before.
    private func tell(_ name: String, _ pull: Pull?, _ state: ImagePull.State) {
        guard let pull else { return }
        telling.yield(
            ImagePull(
                image: name,
                state: state,
                receivedBytes: pull.progress.current,
                totalBytes: pull.progress.total,
                startedAt: pull.startedAt,
                completedAt: state == .running ? nil : .now
            )
        )
    }

    private func finish(_ name: String, _ result: Result<Void, SandboxError>) {
        guard let pull = pulls.withLock({ $0.removeValue(forKey: name) }) else { return }
        switch result {
        case .success: tell(name, pull, .completed)
        case .failure(let error): tell(name, pull, .failed(error.description))
        }
        for waiter in pull.waiting.values {
            waiter.yield(result)
            waiter.finish()
        }
    }

    private func attempt(
        _ name: String,
        _ reference: ImageReference,
        _ client: DockerClient
    ) async -> Result<Void, SandboxError> {
        let credentials = RegistryCredentials.header(for: reference, environment: environment)
        var pause = firstPause
        var number = 1
        tell(name, pulls.withLock { $0[name] }, .running)
        while true {
            logger.info("Pulling the sandbox image", metadata: ["image": "\(name)", "attempt": "\(number)"])
            do throws(DockerError) {
                try await client.pullImage(reference, credentials: credentials, limit: limit) { progress in
                    let pull = self.pulls.withLock { pulls in
                        pulls[name]?.progress = progress
                        return pulls[name]
                    }
                    self.tell(name, pull, .running)
                }
                return .success(())
            } catch {
                let failure = SandboxError.unavailable(
                    component: "sandbox image",
                    message: "'\(name)' could not be pulled: \(error).",
                    hint:
                        "Correct SANDBOX_IMAGE, log in with docker login, or build it with contrib/sandbox-image/build."
                )
                switch error {
                case .engineFailed, .timedOut, .engineUnreachable: break
                default: return .failure(failure)
                }
                guard number < attempts, !Task.isCancelled else { return .failure(failure) }
            }
            do {
                try await Task.sleep(for: pause)  // ok: the registry is not asked at once again
            } catch {
                return .failure(.failed("The pull of '\(name)' was cancelled."))
            }
            pause *= 2
            number += 1
        }
    }
}
