import JSONText

/// Finds the parts of a message without decoding it (JSON-RPC 2.0 §4 and §5).
///
/// Everything is scanned to its end, params included: what passes here is safe for any decoder.
package struct EnvelopeReader: Sendable {
    private var scanner = JSONScanner()
    private let batchLimit: Int
    private let allowsMoreMembers: Bool
    private let needsVersion: Bool

    /// - Parameters:
    ///   - batchLimit: how many messages a batch may have.
    ///   - allowsMoreMembers: whether members the specification does not know are passed over instead of refused.
    ///   - needsVersion: whether a message without the member `jsonrpc` is refused; one of another version always is.
    package init(batchLimit: Int = 100, allowsMoreMembers: Bool = false, needsVersion: Bool = true) {
        self.batchLimit = batchLimit
        self.allowsMoreMembers = allowsMoreMembers
        self.needsVersion = needsVersion
    }

    /// Reads what came in one frame.
    package mutating func read(_ text: UnsafeBufferPointer<UInt8>) -> Reading {
        switch scan(text) {
        case .failure(let error): .refused(error, id: nil)
        case .success(.object): envelope(text)
        case .success(.array): batch()
        case .success: .refused(.invalidRequest("A message is an object, or an array of objects."), id: nil)
        }
    }

    /// Reads one message of a batch.
    package mutating func readElement(_ text: UnsafeBufferPointer<UInt8>) -> Reading {
        switch scan(text) {
        case .failure(let error): .refused(error, id: nil)
        case .success(.object): envelope(text)
        case .success: .refused(.invalidRequest("A message is an object."), id: nil)
        }
    }

    /// The id of a message of which only the beginning is known.
    package mutating func id(inHead head: UnsafeBufferPointer<UInt8>) -> Range<Int>? {
        _ = scan(head)
        // A number at the very end may have been cut.
        let item = scanner.items.first {
            !$0.name.isEmpty && Self.name($0, in: head) == .id && $0.value.upperBound < head.count
        }
        return item.flatMap { Self.isValidID($0, in: head) ? $0.value : nil }
    }

    private mutating func scan(_ text: UnsafeBufferPointer<UInt8>) -> Result<JSONScanner.Kind, RPCError> {
        do throws(JSONScanError) {
            return .success(try scanner.scan(text).kind)
        } catch {
            return .failure(.parseError(error.description, offset: error.offset))
        }
    }

    private func batch() -> Reading {
        guard !scanner.items.isEmpty else {
            return .refused(.invalidRequest("A batch has at least one message."), id: nil)
        }
        guard scanner.items.count <= batchLimit else {
            return .refused(
                .invalidRequest("A batch has at most \(batchLimit) messages, not \(scanner.items.count)."),
                id: nil
            )
        }
        return .batch(scanner.items.map(\.value))
    }

    private func envelope(_ text: UnsafeBufferPointer<UInt8>) -> Reading {
        var id: JSONScanner.Item?
        var method: JSONScanner.Item?
        var params: JSONScanner.Item?
        var result: JSONScanner.Item?
        var failure: JSONScanner.Item?
        var isVersion2 = !needsVersion
        var stranger: JSONScanner.Item?
        for item in scanner.items {
            switch Self.name(item, in: text) {
            case .jsonrpc: isVersion2 = Self.isVersion2(item, in: text)
            case .id: id = item
            case .method: method = item
            case .params: params = item
            case .result: result = item
            case .error: failure = item
            case nil: stranger = item
            }
        }
        let echo = id.flatMap { Self.isValidID($0, in: text) ? $0.value : nil }
        guard isVersion2 else {
            return .refused(.invalidRequest(#"The member "jsonrpc" must be "2.0"."#), id: echo)
        }
        if method == nil, let answer = failure ?? result {
            return self.answer(answer, isFailure: failure != nil, id: id, echo: echo)
        }
        if let id, echo == nil {
            let reason =
                id.kind == .string ? "An id has at most \(RPCID.longest) bytes." : "An id is a string or an integer."
            return .refused(.invalidRequest(reason), id: nil)
        }
        guard let method, method.kind == .string, method.value.count > 2 else {
            return .refused(.invalidRequest(#"The member "method" must be a string."#), id: echo)
        }
        if let stranger, !allowsMoreMembers {
            let name = String(decoding: text[stranger.name].prefix(64), as: UTF8.self)
            return .refused(
                .invalidRequest(
                    "A call has no member \u{201C}\(name)\u{201D}.",
                    hint: "What belongs to the method goes into params."
                ),
                id: echo
            )
        }
        if let params, params.kind != .object {
            let error: RPCError =
                params.kind == .array
                ? .invalidParams("Params are given by name, in an object.")
                : .invalidRequest(#"The member "params" must be an object."#)
            return .refused(error, id: echo)
        }
        return .message(
            Envelope(
                kind: echo == nil ? .notification : .call,
                id: echo ?? 0..<0,
                method: method.value.lowerBound + 1..<method.value.upperBound - 1,
                methodIsEscaped: text[method.value].contains(UInt8(ascii: "\\")),
                content: params?.value ?? 0..<0
            )
        )
    }

    private func answer(
        _ content: JSONScanner.Item,
        isFailure: Bool,
        id: JSONScanner.Item?,
        echo: Range<Int>?
    ) -> Reading {
        // An error may come with `null` when the other side could not tell the id.
        guard let place = echo ?? (isFailure && id?.kind == .null ? id?.value : nil) else {
            return .refused(.invalidRequest("An answer carries the id of its call."), id: nil)
        }
        return .message(
            Envelope(
                kind: isFailure ? .failure : .result,
                id: place,
                method: 0..<0,
                methodIsEscaped: false,
                content: content.value
            )
        )
    }
}

extension EnvelopeReader {
    private enum Name: String {
        case jsonrpc, id, method, params, result, error

        var spelling: StaticString {
            switch self {
            case .jsonrpc: "jsonrpc"
            case .id: "id"
            case .method: "method"
            case .params: "params"
            case .result: "result"
            case .error: "error"
            }
        }
    }

    private static func name(_ item: JSONScanner.Item, in text: UnsafeBufferPointer<UInt8>) -> Name? {
        if item.nameIsEscaped {
            let quoted = text[item.name.lowerBound - 1..<item.name.upperBound + 1]
            return (try? JSONValue(parsing: quoted))?.stringValue.flatMap(Name.init)
        }
        let name: Name
        switch item.name.count {
        case 2: name = .id
        case 5: name = .error
        case 7: name = .jsonrpc
        case 6:
            switch text[item.name.lowerBound] {
            case UInt8(ascii: "m"): name = .method
            case UInt8(ascii: "p"): name = .params
            default: name = .result
            }
        default: return nil
        }
        return equals(text[item.name], name.spelling) ? name : nil
    }

    private static func isVersion2(_ item: JSONScanner.Item, in text: UnsafeBufferPointer<UInt8>) -> Bool {
        equals(text[item.value], "\"2.0\"")
    }

    private static func isValidID(_ item: JSONScanner.Item, in text: UnsafeBufferPointer<UInt8>) -> Bool {
        let content = text[item.value]
        switch item.kind {
        // The scanner has seen to the range of integers; a fraction or an exponent makes it none.
        case .number: return content.allSatisfy { $0 == UInt8(ascii: "-") || $0 &- UInt8(ascii: "0") < 10 }
        case .string: return content.count <= RPCID.longest + 2 || RPCID(text: content) != nil
        default: return false
        }
    }

    @inline(__always)
    private static func equals(_ bytes: Slice<UnsafeBufferPointer<UInt8>>, _ word: StaticString) -> Bool {
        guard bytes.count == word.utf8CodeUnitCount else { return false }
        var at = bytes.startIndex
        for index in 0..<word.utf8CodeUnitCount {
            guard bytes[at] == word.utf8Start[index] else { return false }
            at += 1
        }
        return true
    }
}
