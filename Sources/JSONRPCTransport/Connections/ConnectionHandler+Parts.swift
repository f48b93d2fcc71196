import JSONRPC
import JSONText

extension ConnectionHandler {
    static var emptyObject: UnsafeBufferPointer<UInt8> {
        let text: StaticString = "{}"
        return UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    }

    static func method(_ envelope: Envelope, _ text: UnsafeBufferPointer<UInt8>) -> String {
        guard envelope.methodIsEscaped else { return String(decoding: text[envelope.method], as: UTF8.self) }
        let quoted = text[envelope.method.lowerBound - 1..<envelope.method.upperBound + 1]
        do throws(JSONScanError) {
            return try JSONValue(parsing: quoted).stringValue ?? ""
        } catch {
            return ""  // the scanner has accepted it
        }
    }

    static func params(_ envelope: Envelope, _ text: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        envelope.content.isEmpty ? Array(emptyObject) : Array(text[envelope.content])
    }

    static func isOpen(_ id: RPCID) -> RPCError {
        .invalidRequest("A call with the id \(id) is open on this connection already.")
    }

    /// The call that the params of a cancel request name; `nil` for an id that no call can have.
    func cancelled(
        _ method: ConnectionOptions.CancelMethod,
        _ params: [UInt8]
    ) -> Result<RPCID?, RPCError> {
        if let refusal = session?.refusal(ofCancelling: params) { return .failure(refusal) }
        let members: [String: JSONValue]
        do throws(JSONScanError) {
            members = try JSONValue(parsing: params).objectValue ?? [:]
        } catch {
            members = [:]
        }
        if let stranger = members.keys.first(where: { $0 != method.member && $0 != "_meta" }) {
            return .failure(
                .invalidParams(
                    "There is no parameter \u{201C}\(stranger.prefix(64))\u{201D}, but \u{201C}\(method.member)\u{201D}.",
                    pointer: "/" + stranger,
                    rule: "additionalProperties"
                )
            )
        }
        switch members[method.member] {
        case .integer(let integer): return .success(RPCID(integer))
        case .string(let string): return .success(string.utf8.count <= RPCID.longest ? RPCID(string) : nil)
        default:
            return .failure(
                .invalidParams(
                    "The parameter \u{201C}\(method.member)\u{201D} must be the id of a call.",
                    pointer: "/" + method.member,
                    rule: members[method.member] == nil ? "required" : "type"
                )
            )
        }
    }
}
