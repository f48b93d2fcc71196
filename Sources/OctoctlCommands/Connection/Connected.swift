import JSONText
import OctobotAPI
import OctobotClient
import OctobotModel

/// What a command works with once the daemon answers.
struct Connected: Sendable {
    let client: OctobotClient
    let project: ProjectID?
    let format: OutputFormat
    let console: Console

    /// Calls an operation and prints its result.
    @discardableResult
    func show<O: Operation>(_ operation: O.Type, _ params: O.Params) async throws -> O.Result
    where O.Result: Describable {
        let bytes = try await client.call(O.name, params: JSONCoding.encode(params))
        let result = try decode(O.Result.self, from: bytes)
        print(result, bytes)
        return result
    }

    /// Prints an entity: its fields, or the JSON it came as.
    func print(_ entity: some Describable, _ json: [UInt8]) {
        switch format {
        case .table: console.lines(FieldList(entity.fields).lines)
        case .json, .ndjson: console.line(bytes: json)
        }
    }

    /// Prints an entity that was decoded, as its own JSON where JSON is wanted.
    func print(_ entity: some Describable & Encodable) throws {
        print(entity, try JSONCoding.encode(entity))
    }

    /// Calls an operation that has nothing to say; people read `done`.
    func perform<O: Operation>(_ operation: O.Type, _ params: O.Params, done: String) async throws
    where O.Result == Empty {
        let bytes = try await client.call(O.name, params: JSONCoding.encode(params))
        confirm(done, bytes)
    }

    /// Says that something was done: to people on standard error, else as the result.
    func confirm(_ text: String, _ json: [UInt8]) {
        switch format {
        case .table: console.note(text)
        case .json, .ndjson: console.line(bytes: json)
        }
    }

    /// Decodes an answer of the daemon.
    ///
    /// - Throws: `ClientError.unreadable` when it is not what was promised.
    func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value {
        do {
            return try JSONCoding.decode(type, from: bytes)
        } catch {
            throw ClientError.unreadable("The daemon's answer cannot be read: \(error)")
        }
    }

    /// Repeats what is harmless to repeat while the connection breaks.
    func persistently<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        var attempts = 1
        while true {
            do {
                return try await body()
            } catch ClientError.disconnected where attempts < 5 {
                attempts += 1
            }
        }
    }
}
