/// How far the pull of an image is, over all of its layers.
package struct PullProgress: Sendable, Equatable {
    private struct Layer: Sendable, Equatable {
        var current: Int64 = 0
        var total: Int64 = 0
    }

    /// What the engine said last, such as `Downloading`.
    package private(set) var status = ""
    private var layers: [String: Layer] = [:]

    package init() {}

    /// Bytes that have come.
    package var current: Int64 { layers.values.reduce(0) { $0 + min($1.current, $1.total) } }
    /// Bytes of the layers whose size is known so far.
    package var total: Int64 { layers.values.reduce(0) { $0 + $1.total } }

    mutating func take(_ line: PullLine) {
        if let status = line.status { self.status = status }
        guard let id = line.id, layers.count < 10_000 else { return }
        switch line.status {
        case "Downloading":
            guard let detail = line.progressDetail, let current = detail.current else { return }
            layers[id, default: Layer()].current = max(0, min(current, 1 << 50))
            layers[id, default: Layer()].total = max(0, min(detail.total ?? current, 1 << 50))
        case "Download complete", "Pull complete":
            if let total = layers[id]?.total { layers[id]?.current = total }
        default: break
        }
    }
}

/// One line of what the engine says while it pulls or imports (Engine API v1.41, ImageCreate).
struct PullLine: Decodable {
    struct Detail: Decodable {
        var current: Int64?
        var total: Int64?
    }

    struct Failure: Decodable {
        var code: Int?
        var message: String?
    }

    var status: String?
    var id: String?
    var progressDetail: Detail?
    var error: String?
    var errorDetail: Failure?

    /// Throws the failure the line reports, if it does.
    func check() throws(DockerError) {
        guard error != nil || errorDetail != nil else { return }
        throw DockerError(pull: errorDetail?.code ?? 500, errorDetail?.message ?? error ?? "")
    }
}

extension DockerError {
    /// What a failed pull means: whether it stays so.
    ///
    /// The registry's own codes reach us as text (OCI Distribution 1.1, "Error Codes"), with a status that may say nothing.
    init(pull status: Int, _ message: String) {
        let text = message.lowercased()
        switch status {
        case 404: self = .notFound(message)
        case 401, 403: self = .unauthorized(message)
        case _ where text.contains("manifest unknown") || text.contains("not found"): self = .notFound(message)
        case _ where text.contains("unauthorized") || text.contains("denied") || text.contains("no basic auth"):
            self = .unauthorized(message)
        default: self = .engineFailed(status: status, message: message)
        }
    }
}
