import JSONText

extension JSONValue {
    func serialized() -> [UInt8] { (try? JSONCoding.encode(self)) ?? [] }
    init(parsing bytes: some Collection<UInt8>) throws { self = try JSONCoding.decode(JSONValue.self, from: bytes) }
}
