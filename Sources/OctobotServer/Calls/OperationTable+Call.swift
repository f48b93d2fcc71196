package import JSONText
import Logging
package import OctobotAPI
package import OctobotModel
package import OctobotServices

extension OperationTable {
    /// Makes one call and gives the encoded result.
    ///
    /// A durable operation runs to its end even when the calling task is cancelled; others are cancelled with it.
    ///
    /// - Parameter params: JSON text of the params object, `_meta` included.
    package func call(
        _ name: String,
        params: [UInt8],
        call: Call,
        unknownMembers: UnknownMembers = .refuse
    ) async -> Swift.Result<[UInt8], Fault> {
        await record(name, call) { trace in
            let prepared = try prepare(name, params, call, unknownMembers)
            trace = prepared.meta.traceparent
            let operation = prepared.operation
            let admit = admission(to: operation, as: call.principal)
            let answer = try await gate.run(isDurable: operation.declaration.isDurable, timeout: prepared.meta.timeout)
            {
                try await operation.answer(params, prepared.call, admit: admit)
            }
            guard answer.count <= answerLimit else {
                throw Fault(
                    .responseTooLarge,
                    "The answer has \(answer.count) bytes; \(answerLimit) are allowed.",
                    details: ["limit": .integer(Int64(answerLimit))],
                    hint: "Ask for less, for example with a smaller limit."
                )
            }
            return answer
        }
    }

    /// The same for params that exist as a tree already.
    package func call(
        _ name: String,
        params: JSONValue,
        call: Call,
        unknownMembers: UnknownMembers
    ) async -> Swift.Result<[UInt8], Fault> {
        await self.call(name, params: params.serialized(), call: call, unknownMembers: unknownMembers)
    }

    /// Opens the log a stream operation means; every check of a call is made.
    package func open(
        _ name: String,
        params: [UInt8],
        call: Call,
        unknownMembers: UnknownMembers = .refuse
    ) async -> Swift.Result<OpenedStream, Fault> {
        await record(name, call) { trace in
            let prepared = try prepare(name, params, call, unknownMembers)
            trace = prepared.meta.traceparent
            let admit = admission(to: prepared.operation, as: call.principal)
            return try await prepared.operation.open(params, prepared.call, admit: admit)
        }
    }

    /// Checks and decodes the params of an operation that the caller serves by itself, such as `rpc.hello`.
    package func params<Declaration: Operation>(
        of declaration: Declaration.Type,
        from bytes: [UInt8]
    ) throws(Fault) -> Declaration.Params {
        _ = try Self.validate(bytes, against: AnyOperation(declaration).paramsSchema, .refuse)
        do {
            return try JSONCoding.decode(Declaration.Params.self, from: bytes)
        } catch {
            throw .invalidParams("The params cannot be read.", pointer: "", rule: "format")
        }
    }

    private struct Prepared: Sendable {
        let operation: BoundOperation
        let meta: CallMeta
        let call: Call
    }

    private func prepare(
        _ name: String,
        _ params: [UInt8],
        _ call: Call,
        _ unknownMembers: UnknownMembers
    ) throws(Fault) -> Prepared {
        let operation = try operation(named: name)
        if params.isEmptyObject, operation.acceptsNoParams {
            return Prepared(operation: operation, meta: CallMeta(), call: call)
        }
        let value = try Self.validate(params, against: operation.declaration.paramsSchema, unknownMembers)
        let meta = CallMeta(of: value)
        var call = call
        call.idempotencyKey = meta.idempotencyKey ?? call.idempotencyKey
        return Prepared(operation: operation, meta: meta, call: call)
    }

    private static func validate(
        _ params: [UInt8],
        against schema: JSONSchema,
        _ unknownMembers: UnknownMembers
    ) throws(Fault) -> JSONValue {
        let value: JSONValue
        do throws(JSONScanError) {
            value = try JSONValue(parsing: params)
        } catch {
            throw Fault(
                .parseError,
                "The params are no JSON: \(error).",
                details: ["offset": .integer(Int64(error.offset))]
            )
        }
        switch unknownMembers {
        case .refuse: try schema.validate(value, mode: .strict)
        case .ignore: try schema.validate(value, mode: .ignoringUnknown)
        }
        return value
    }

    private func admission(to operation: BoundOperation, as principal: Principal) -> BoundOperation.Admission {
        let access = operation.declaration.access
        return { [authorize] project throws(Fault) in
            try await authorize(access, access.isProjectScoped ? project ?? .local : nil, principal)
        }
    }

    /// Runs `body` inside the gate, turns what it throws into a fault, and writes the log line of the call.
    private func record<Output>(
        _ name: String,
        _ call: Call,
        _ body: (inout String?) async throws -> Output
    ) async -> Swift.Result<Output, Fault> {
        let start = ContinuousClock.now
        var traceparent: String?
        let result: Swift.Result<Output, Fault>
        do {
            try gate.enter()
            defer { gate.leave() }
            result = .success(try await body(&traceparent))
        } catch {
            result = .failure(fault(for: error, name, call))
        }
        if logger.logLevel <= .debug {
            var metadata: Logger.Metadata = [
                "rpc.method": "\(name.prefix(128))", "request.id": "\(call.requestID)",
                "rpc.duration": "\(ContinuousClock.now - start)", "rpc.outcome": "ok",
            ]
            if case .failure(let fault) = result { metadata["rpc.outcome"] = "\(fault.kind.rawValue)" }
            if let traceparent { metadata["trace.parent"] = "\(traceparent)" }
            logger.debug("call answered", metadata: metadata)
        }
        return result
    }

    /// The one place where an unexpected error is logged; its text never leaves the process.
    private func fault(for error: any Error, _ name: String, _ call: Call) -> Fault {
        switch error {
        case let fault as Fault where fault.kind != .internalError: return fault
        case is CancellationError: return Fault(.cancelled, "The call was cancelled.")
        default:
            logger.error(
                "call failed unexpectedly",
                metadata: [
                    "rpc.method": "\(name.prefix(128))", "request.id": "\(call.requestID)",
                    "error": "\(String(reflecting: error))",
                ]
            )
            return Fault(
                .internalError,
                "Something went wrong in the daemon (incident \(call.requestID)).",
                details: ["incident": .string(call.requestID)],
                hint: "The daemon's log says more under this incident."
            )
        }
    }
}

extension OperationTable {
    /// Whether `call` may use what `declaration` offers in `project`, for routes that are served without a call.
    ///
    /// - Throws: `ShuttingDown`, or what the access check says.
    package func admit<Declaration: Operation>(
        to declaration: Declaration.Type,
        project: ProjectID,
        _ call: Call
    ) async throws(Fault) {
        try gate.enter()
        defer { gate.leave() }
        try await authorize(Declaration.access, Declaration.access.isProjectScoped ? project : nil, call.principal)
    }
}
