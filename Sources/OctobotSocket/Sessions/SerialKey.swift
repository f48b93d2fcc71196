import JSONText
import OctobotAPI

/// What calls must share to be run one after the other.
enum SerialKey {
    /// The value of the params member that `concurrency` names, with the member's name; `nil` for parallel calls and
    /// where the member is missing, which the operation refuses itself.
    static func of(_ params: [UInt8], _ concurrency: Concurrency) -> String? {
        guard case .serial(let member) = concurrency else { return nil }
        return params.withUnsafeBufferPointer { text in
            var scanner = JSONScanner()
            do throws(JSONScanError) {
                try scanner.scan(text)
                for item in scanner.items where text[item.name].elementsEqual(member.utf8) {
                    // Through the tree, so that two spellings of one string are one key.
                    let value = try JSONValue(parsing: text[item.value])
                    return "\(member)=\(value.stringValue ?? String(decoding: value.serialized(), as: UTF8.self))"
                }
            } catch {
                // The params passed the reader of the envelope already.
            }
            return nil
        }
    }
}
