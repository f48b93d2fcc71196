import AsyncHTTPClient
import JSONText
import NIOCore
import NIOHTTP1

/// One request to the engine.
struct EngineCall: Sendable {
    var method: HTTPMethod
    /// Begins with `/` and is encoded already; without the version.
    var path: String
    var query: [(name: String, value: String)] = []
    var headers: [(name: String, value: String)] = []
    var body: HTTPClientRequest.Body?
    var contentType = "application/json"
    /// How long the whole exchange may take; for a stream, until its head has come.
    var limit = Duration.seconds(30)
    /// The largest body accepted.
    var maximum = 4 << 20

    init(_ method: HTTPMethod, _ path: String) {
        self.method = method
        self.path = path
    }

    /// Whether doing it twice is the same as doing it once.
    var isRepeatable: Bool { method == .GET || method == .HEAD }

    /// For messages to people.
    var summary: String { "\(method.rawValue) \(path)" }

    mutating func setBody(_ value: some Encodable) throws(DockerError) {
        do {
            body = .bytes(ByteBuffer(bytes: try JSONCoding.encode(value)))
        } catch {
            throw .badRequest("The request cannot be written: \(error)")
        }
    }

    mutating func setFilters(_ filters: [String: [String]]) throws(DockerError) {
        guard !filters.isEmpty else { return }
        do {
            query.append(("filters", String(decoding: try JSONCoding.encode(filters), as: UTF8.self)))
        } catch {
            throw .badRequest("The filters cannot be written: \(error)")
        }
    }

    /// The path and query as they are sent.
    func target(version: DockerVersion?) -> String {
        var target = version.map { "/v\($0)" } ?? ""
        target += path
        for (index, item) in query.enumerated() {
            target += index == 0 ? "?" : "&"
            target += "\(Self.encode(item.name))=\(Self.encode(item.value))"
        }
        return target
    }

    /// A name or id as one component of a path.
    static func component(_ name: String) throws(DockerError) -> String {
        guard !name.isEmpty, name != ".", name != "..", !name.utf8.contains(0) else {
            throw .badRequest("'\(name)' is no name or id.")
        }
        return encode(name)
    }

    /// Percent-encodes everything but RFC 3986's unreserved characters.
    static func encode(_ text: String, keeping kept: Set<UInt8> = []) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            case let byte where kept.contains(byte):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let hex = String(byte, radix: 16, uppercase: true)
                result += byte < 16 ? "%0\(hex)" : "%\(hex)"
            }
        }
        return result
    }
}
