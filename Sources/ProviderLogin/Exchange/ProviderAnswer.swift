import JSONText

/// A provider's answer: a JSON object that is not to be trusted.
struct ProviderAnswer {
    let members: [String: JSONValue]

    /// - Throws: `refused` for an error in the body, whatever the status; `invalidAnswer` for anything but an object.
    init(_ bytes: [UInt8], status: Int) throws(ProviderLoginError) {
        let members: [String: JSONValue]?
        do throws(JSONScanError) {
            members = try JSONValue(parsing: bytes).objectValue
        } catch {
            members = nil
        }
        if let code = members.flatMap(Self.errorCode) { throw .refused(code) }
        switch status {
        case 200..<300: break
        case 300..<400: throw .invalidAnswer("it leads elsewhere")
        case 401: throw .refused(.invalidGrant)
        default: throw .invalidAnswer("it has status \(status) and no error")
        }
        guard let members else { throw .invalidAnswer("it is no JSON object") }
        self.members = members
    }

    /// `{"error":"code"}` of OAuth, and `{"error":{"code":…,"type":…}}` of the providers' other interfaces.
    private static func errorCode(_ members: [String: JSONValue]) -> OAuthErrorCode? {
        switch members["error"] {
        case nil, .null?: return nil
        case .string(let code)?: return OAuthErrorCode(code)
        case let error?:
            let code = error["code"]?.stringValue.map { OAuthErrorCode($0) }
            let type = error["type"]?.stringValue.map { OAuthErrorCode($0) }
            return [code, type].compactMap { $0 }.first { $0 != .other } ?? .other
        }
    }

    /// A text of at most `limit` bytes; `nil` when it is absent or null.
    func text(_ name: String, upTo limit: Int) throws(ProviderLoginError) -> String? {
        switch members[name] {
        case nil, .null?: return nil
        case .string(let text)? where text.utf8.count <= limit: return text
        case .string?: throw .invalidAnswer("its \(name) is too long")
        default: throw .invalidAnswer("its \(name) is no text")
        }
    }

    /// A text that has to be there.
    func required(_ name: String, upTo limit: Int) throws(ProviderLoginError) -> String {
        guard let text = try text(name, upTo: limit), !text.isEmpty else {
            throw .invalidAnswer("it has no \(name)")
        }
        return text
    }

    /// A whole number; `nil` when it is absent or null.
    func integer(_ name: String, in range: ClosedRange<Int64>) throws(ProviderLoginError) -> Int64? {
        switch members[name] {
        case nil, .null?: return nil
        case let value?:
            guard let number = value.integerValue, range.contains(number) else {
                throw .invalidAnswer("its \(name) is no number from \(range.lowerBound) to \(range.upperBound)")
            }
            return number
        }
    }
}
