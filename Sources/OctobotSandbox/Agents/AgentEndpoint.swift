import Foundation

/// Where a sandbox's agent listens.
package enum AgentEndpoint: Sendable, Equatable {
    /// The path of a unix socket.
    case socket(String)
    case tcp(host: String, port: Int)

    /// Where an agent listens now; throws ``SandboxAgentError/unreachable(_:)`` when it does not.
    package typealias Locator = @Sendable () async throws(SandboxAgentError) -> AgentEndpoint

    /// The URL of a request; names and values of the query are encoded here.
    func url(_ path: String, query: [(name: String, value: String)]) -> String {
        var target = path
        for (index, item) in query.enumerated() {
            target += index == 0 ? "?" : "&"
            target += "\(Self.encode(item.name))=\(Self.encode(item.value))"
        }
        return switch self {
        case .socket(let path): "http+unix://\(Self.encode(path))\(target)"
        case .tcp(let host, let port): "http://\(host.contains(":") ? "[\(host)]" : host):\(port)\(target)"
        }
    }

    /// The value of the `Host` field, which AsyncHTTPClient leaves out for unix sockets.
    var host: String {
        switch self {
        case .socket: "sandbox"
        case .tcp(let host, let port): "\(host):\(port)"
        }
    }

    /// Whether there is something to connect to.
    ///
    /// A unix socket's folder is writable by its sandbox: a link put in the socket's place must not send our requests
    /// to another service of this host.
    var isPlausible: Bool {
        guard case .socket(let path) = self else { return true }
        var facts = stat()
        return lstat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFSOCK
    }

    /// Percent-encodes everything but RFC 3986's unreserved characters.
    static func encode(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let hex = String(byte, radix: 16, uppercase: true)
                result += byte < 16 ? "%0\(hex)" : "%\(hex)"
            }
        }
        return result
    }
}
