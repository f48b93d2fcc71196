import JSONText
import OctobotAPI
import OctobotModel
package import OctobotServices
import Synchronization

/// A declaration and the service call behind it, without its types.
final class BoundOperation: Sendable {
    /// Checks access for the project the params mean.
    typealias Admission = @Sendable (ProjectID?) async throws(Fault) -> Void

    private enum Work: Sendable {
        case answer(@Sendable ([UInt8], Call, Admission) async throws -> [UInt8])
        case stream(@Sendable ([UInt8], Call, Admission) async throws -> LogReader, notification: String)
    }

    let declaration: AnyOperation
    /// Whether it is one short, indexed read.
    let isShort: Bool
    private let work: Work

    init<Declaration: Operation>(
        _ declaration: Declaration.Type,
        isShort: Bool = false,
        perform: @escaping @Sendable (Declaration.Params, Call) async throws -> Declaration.Result
    ) {
        self.declaration = AnyOperation(declaration)
        self.isShort = isShort
        let decoder = ParamsDecoder()
        work = .answer { bytes, call, admit in
            let params: Declaration.Params = try decoder.decode(bytes)
            try await admit((params as? any ProjectScoped)?.project)
            return try JSONCoding.encode(await perform(params, call))
        }
    }

    init<Declaration: StreamOperation>(
        stream declaration: Declaration.Type,
        open: @escaping @Sendable (Declaration.Params, Call) async throws -> LogReader
    ) {
        self.declaration = AnyOperation(stream: declaration)
        isShort = false
        let decoder = ParamsDecoder()
        work = .stream(
            { bytes, call, admit in
                let params: Declaration.Params = try decoder.decode(bytes)
                try await admit((params as? any ProjectScoped)?.project)
                return try await open(params, call)
            },
            notification: Declaration.notification
        )
    }

    var name: String { declaration.name }

    /// Whether params without members break no rule of the schema.
    var acceptsNoParams: Bool { declaration.paramsSchema.acceptsEmptyObject }

    var isStream: Bool {
        if case .stream = work { true } else { false }
    }

    func answer(_ params: [UInt8], _ call: Call, admit: Admission) async throws -> [UInt8] {
        guard case .answer(let answer) = work else {
            throw Fault(
                .invalidRequest,
                "'\(name)' starts a subscription, which needs a connection of its own to answer on.",
                hint: "Call it on the socket, outside a batch."
            )
        }
        return try await answer(params, call, admit)
    }

    func open(_ params: [UInt8], _ call: Call, admit: Admission) async throws -> OpenedStream {
        guard case .stream(let open, let notification) = work else {
            throw Fault(.invalidRequest, "'\(name)' is no stream.")
        }
        return OpenedStream(notification: notification, reader: try await open(params, call, admit))
    }
}

/// Decodes the params of one operation; those without members, the most frequent ones, once.
///
/// Not generic itself: a type made for each operation is looked up in all conformances of the program at the start.
private final class ParamsDecoder: Sendable {
    private let empty = Mutex<(any Sendable)?>(nil)

    func decode<Params: Decodable & Sendable>(_ bytes: [UInt8]) throws -> Params {
        guard bytes.isEmptyObject else { return try decoded(bytes) }
        if let known = empty.withLock({ $0 }) as? Params { return known }
        let params: Params = try decoded(bytes)
        empty.withLock { $0 = params }
        return params
    }

    /// Params that passed the schema and still do not decode break a rule the schema cannot say.
    private func decoded<Params: Decodable>(_ bytes: [UInt8]) throws -> Params {
        do {
            return try JSONCoding.decode(Params.self, from: bytes)
        } catch let error as DecodingError {
            throw Fault(undecodable: error)
        }
    }
}

extension [UInt8] {
    /// Whether it is the text of an object without members, as compact as the transport writes it for absent params.
    var isEmptyObject: Bool { count == 2 && self[0] == UInt8(ascii: "{") }
}

extension JSONSchema {
    fileprivate var acceptsEmptyObject: Bool {
        guard case .object(let rules) = kind else { return false }
        return rules.exactlyOne.isEmpty && !rules.members.contains(where: \.isRequired)
    }
}

/// A reader of a log, and the method its notifications have on the socket.
package struct OpenedStream: Sendable {
    package let notification: String
    package let reader: LogReader
}

extension Fault {
    fileprivate init(undecodable error: DecodingError) {
        let (path, problem): ([any CodingKey], String) =
            switch error {
            case .keyNotFound(let key, let context): (context.codingPath + [key], "required")
            case .valueNotFound(_, let context): (context.codingPath, "required")
            case .typeMismatch(_, let context): (context.codingPath, "type")
            case .dataCorrupted(let context): (context.codingPath, "format")
            @unknown default: ([], "format")
            }
        let pointer = path.map { "/" + ($0.intValue.map(String.init) ?? $0.stringValue) }.joined()
        self = .invalidParams("'\(pointer)' cannot be read.", pointer: pointer, rule: problem)
    }
}
