import JSONText
import OctobotAPI
import OctobotModel
package import OctobotServices

/// A declaration and the service call behind it, without its types.
struct BoundOperation: Sendable {
    /// Checks access for the project the params mean.
    typealias Admission = @Sendable (ProjectID?) async throws(Fault) -> Void

    private enum Work: Sendable {
        case answer(@Sendable ([UInt8], Call, Admission) async throws -> [UInt8])
        case stream(@Sendable ([UInt8], Call, Admission) async throws -> LogReader, notification: String)
    }

    let declaration: AnyOperation
    private let work: Work

    init<Declaration: Operation>(
        _ declaration: Declaration.Type,
        perform: @escaping @Sendable (Declaration.Params, Call) async throws -> Declaration.Result
    ) {
        self.declaration = AnyOperation(declaration)
        work = .answer { bytes, call, admit in
            let params = try Self.decode(Declaration.Params.self, from: bytes)
            try await admit((params as? any ProjectScoped)?.project)
            return try JSONCoding.encode(await perform(params, call))
        }
    }

    init<Declaration: StreamOperation>(
        stream declaration: Declaration.Type,
        open: @escaping @Sendable (Declaration.Params, Call) async throws -> LogReader
    ) {
        self.declaration = AnyOperation(stream: declaration)
        work = .stream(
            { bytes, call, admit in
                let params = try Self.decode(Declaration.Params.self, from: bytes)
                try await admit((params as? any ProjectScoped)?.project)
                return try await open(params, call)
            },
            notification: Declaration.notification
        )
    }

    var name: String { declaration.name }

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

    /// Params that passed the schema and still do not decode break a rule the schema cannot say.
    private static func decode<Params: Decodable>(_ type: Params.Type, from bytes: [UInt8]) throws -> Params {
        do {
            return try JSONCoding.decode(Params.self, from: bytes)
        } catch let error as DecodingError {
            throw Fault(undecodable: error)
        }
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
