import SandboxAgentAPI

/// What the files of `.octobot/services` declare (agent-api.md §12.1).
enum ServiceFile {
    /// The services of a folder, by name; those of the same name in the order of their files.
    static func all(in folder: String) -> [SandboxService] {
        ScriptFile.all(in: folder).compactMap(service).enumerated()
            .sorted { ($0.element.name, $0.offset) < ($1.element.name, $1.offset) }.map(\.element)
    }

    /// `nil` for a file that is neither a script nor a port to be shown.
    private static func service(_ file: ScriptFile) -> SandboxService? {
        let values = file.frontMatter
        var service = SandboxService(id: file.id, name: values?["name"] ?? file.id, path: file.path)
        service.description = values?["description"]
        service.http = port(values?["http"])
        service.https = port(values?["https"])
        service.urlPath = values?["path"].map { $0.hasPrefix("/") ? $0 : "/\($0)" }
        if service.port != nil, file.isBlank {
            service.passive = true
        } else if !file.isExecutable || !file.hasShebang {
            return nil
        }
        return service
    }

    private static func port(_ text: String?) -> Int? {
        text.flatMap { Int($0) }.flatMap { (1...65_535).contains($0) ? $0 : nil }
    }
}
