import DockerAddress
import DockerEngine

extension SandboxError {
    init(_ error: DockerHostRefused) {
        let place =
            switch error {
            case .address(let address): address
            case .context(let name): "context \(name)"
            }
        self = .unavailable(
            component: "Docker engine",
            message: "The engine at '\(place)' is on another machine or no engine's address.",
            hint: "Set DOCKER_HOST to unix:///PATH of an engine on this machine, or unset it."
        )
    }

    /// What a failure of the engine means for a sandbox, and what to do.
    init(_ error: DockerError) {
        let component = "Docker engine"
        switch error {
        case .engineAbsent(let reason):
            self = .unavailable(
                component: component,
                message: "No engine answers: \(reason).",
                hint: """
                    Install Docker (Debian: docker.io) and start it (systemctl start docker), or set DOCKER_HOST; the \
                    provider 'local' needs none.
                    """
            )
        case .permissionDenied(let socket):
            self = .unavailable(
                component: component,
                message: "octobotd may not use '\(socket)'.",
                hint: """
                    Add its user to the group 'docker' (sudo usermod -aG docker USER, then log in again), or run a \
                    rootless engine and set DOCKER_HOST.
                    """
            )
        case .versionUnsupported(let engine):
            self = .unavailable(
                component: component,
                message: "The engine's API has version \(engine); \(DockerVersion.oldest) or newer is needed.",
                hint: "Update Docker to 20.10 or newer."
            )
        case .invalidAnswer, .engineUnreachable, .timedOut, .notModified, .badRequest, .unauthorized, .notFound,
            .conflict, .engineFailed, .cancelled:
            self = .failed(error.description)
        }
    }
}
