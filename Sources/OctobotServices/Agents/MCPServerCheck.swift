import Foundation
import OctobotModel

/// What of a list of MCP servers the schema cannot say.
enum MCPServerCheck {
    /// All values of one list together, in bytes: it travels with every prompt.
    private static let maximumBytes = 256 << 10

    static func check(_ servers: [MCPServer]) throws(Fault) {
        var names: Set<String> = []
        var bytes = 0
        for (index, server) in servers.enumerated() {
            let pointer = "/mcpServers/\(index)"
            guard names.insert(server.name.lowercased()).inserted else {
                throw .invalidParams(
                    "There are two MCP servers of the name '\(server.name)'.",
                    pointer: pointer + "/name",
                    rule: "unique",
                    got: server.name
                )
            }
            switch server.transport {
            case .stdio:
                for (position, text) in ([server.command ?? ""] + (server.args ?? [])).enumerated()
                where text.utf8.contains(0) {
                    throw .invalidParams(
                        "A program and its arguments cannot have a zero byte in them.",
                        pointer: pointer + (position == 0 ? "/command" : "/args/\(position - 1)"),
                        rule: "pattern"
                    )
                }
                // The environment of a process ends a variable with a zero byte.
                try check(server.env ?? [], at: pointer + "/env", key: { $0 }, allows: { $0 != 0 })
            case .http, .sse:
                try check(url: server.url ?? "", at: pointer + "/url")
                // Field names are case-insensitive, values are one line (RFC 9110 §5.1, §5.5).
                try check(
                    server.headers ?? [],
                    at: pointer + "/headers",
                    key: { $0.lowercased() },
                    allows: { $0 == UInt8(ascii: "\t") || (0x20...0x7E).contains($0) }
                )
            }
            bytes += size(of: server)
        }
        guard bytes <= maximumBytes else {
            throw .invalidParams(
                "The MCP servers are \(bytes) bytes long together; at most \(maximumBytes) are allowed.",
                pointer: "/mcpServers",
                rule: "maxLength",
                expected: "at most \(maximumBytes) bytes",
                got: "\(bytes) bytes"
            )
        }
    }

    private static func check(
        _ variables: [MCPVariable],
        at pointer: String,
        key: (String) -> String,
        allows: (UInt8) -> Bool
    ) throws(Fault) {
        var names: Set<String> = []
        for (index, variable) in variables.enumerated() {
            guard names.insert(key(variable.name)).inserted else {
                throw .invalidParams(
                    "'\(variable.name)' is given twice.",
                    pointer: "\(pointer)/\(index)/name",
                    rule: "unique",
                    got: variable.name
                )
            }
            for (member, text) in [("value", variable.value), ("prefix", variable.prefix)]
            where text?.utf8.allSatisfy(allows) == false {
                throw .invalidParams(
                    "The \(member) of '\(variable.name)' has characters that cannot stand there.",
                    pointer: "\(pointer)/\(index)/\(member)",
                    rule: "pattern"
                )
            }
            guard variable.prefix == nil || variable.credential != nil else {
                throw .invalidParams(
                    "A prefix stands before a credential's secret; '\(variable.name)' has a value.",
                    pointer: "\(pointer)/\(index)/prefix",
                    rule: "unexpected",
                    hint: "Write the prefix into the value."
                )
            }
        }
    }

    private static func check(url text: String, at pointer: String) throws(Fault) {
        let isPlain = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        guard isPlain, let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
            ["http", "https"].contains(scheme), parts.host?.isEmpty == false
        else {
            throw .invalidParams(
                "'\(text.prefix(200))' is no URL of an MCP server.",
                pointer: pointer,
                rule: "format",
                expected: "http://HOST/PATH or https://HOST/PATH in ASCII",
                got: String(text.prefix(200))
            )
        }
        guard parts.user == nil, parts.password == nil else {
            throw .invalidParams(
                "The URL of an MCP server cannot hold a user or a password.",
                pointer: pointer,
                rule: "format",
                hint: "Give a header 'Authorization' with a credential instead."
            )
        }
        guard parts.fragment == nil else {
            throw .invalidParams("The URL of an MCP server has no fragment.", pointer: pointer, rule: "format")
        }
    }

    private static func size(of server: MCPServer) -> Int {
        let texts = [server.name, server.command ?? "", server.url ?? ""] + (server.args ?? [])
        let variables = ((server.env ?? []) + (server.headers ?? [])).map {
            $0.name.utf8.count + ($0.value?.utf8.count ?? 0)
        }
        return (texts.map(\.utf8.count) + variables).reduce(0, +)
    }
}
