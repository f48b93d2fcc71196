package import JSONRPC
import JSONText
package import OctobotModel

/// The daemon answered a call with an error (rpc.md §7).
package struct Refusal: Error, Sendable, CustomStringConvertible {
    /// What failed; a code no table knows counts as what its `type` says, else as an internal error.
    package var fault: Fault
    package var code: Int
    /// Finds the call in the daemon's log.
    package var requestID: String?
    /// The error object as JSON text.
    package var json: [UInt8]

    package init(_ error: RPCError) {
        let data = error.data
        var details = data?["details"]?.objectValue ?? [:]
        let reason = details.removeValue(forKey: "reason")?.stringValue
        fault = Fault(
            FaultKind(code: error.code) ?? data?["type"]?.stringValue.flatMap { FaultKind(rawValue: $0) }
                ?? .internalError,
            error.message,
            reason: reason,
            details: details,
            hint: data?["hint"]?.stringValue,
            retryAfterMilliseconds: data?["retryAfterMs"]?.integerValue.map { Int(clamping: $0) }
        )
        code = error.code
        requestID = data?["requestId"]?.stringValue
        json = error.json.serialized()
    }

    /// How `octoctl` ends after it (rpc.md §7).
    package var exitStatus: Int32 { fault.kind.wire.exit }

    package var description: String { fault.message }
}
