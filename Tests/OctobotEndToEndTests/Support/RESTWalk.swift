import JSONText
import Testing

/// Asks the endpoints of the REST contract one after the other and remembers which statuses each has answered.
final class RESTWalk {
    private let browser: Browser
    /// By rows of the index, such as `GET /health`.
    private(set) var met: [String: Set<Int>] = [:]

    init(_ browser: Browser) { self.browser = browser }

    /// Asks an endpoint and checks the status, and that an error says what is wrong.
    ///
    /// - Parameters:
    ///   - row: As in the index, with `P` for the project, which is `local` unless `values` names another.
    ///   - status: What the contract names for this request.
    @discardableResult
    func ask(
        _ row: String,
        _ status: Int,
        _ values: [String: String] = [:],
        query: String = "",
        sending body: JSONValue? = nil,
        at place: SourceLocation = #_sourceLocation
    ) async throws -> JSONValue {
        let (method, path) = Self.parts(row, values)
        let answer = try await browser.send(method, path + query, body)
        #expect(answer.status == status, "\(row): \(answer.status) \(answer.text)", sourceLocation: place)
        if answer.status >= 400 {
            let text = answer.json["error"]?.stringValue
            #expect(text?.isEmpty == false, "\(row): \(answer.text)", sourceLocation: place)
        }
        note(row, answer.status)
        return answer.json
    }

    /// Opens a stream and reads it until `isEnough`.
    func follow(
        _ row: String,
        _ status: Int,
        _ values: [String: String] = [:],
        sending body: JSONValue? = nil,
        at place: SourceLocation = #_sourceLocation,
        until isEnough: (Browser.Frame) async throws -> Bool = { _ in false }
    ) async throws {
        let (method, path) = Self.parts(row, values)
        let answered = try await browser.stream(method, path, body) { try await !isEnough($0) }
        #expect(answered == status, "\(row)", sourceLocation: place)
        note(row, answered)
    }

    private func note(_ row: String, _ status: Int) { met[row, default: []].insert(status) }

    private static func parts(_ row: String, _ values: [String: String]) -> (method: String, path: String) {
        let words = row.split(separator: " ").map(String.init)
        var path = words[1]
        if path.hasPrefix("P") { path = "/api/projects/{projectId}" + path.dropFirst() }
        for (name, value) in values.merging(["projectId": "local"], uniquingKeysWith: { own, _ in own }) {
            path = path.replacing("{\(name)}", with: value)
        }
        return (words[0], path)
    }
}
