import Foundation
import OctobotModel

/// The place of an item in a list's order: a number, mostly its time, and its id for items of equal number.
///
/// A cursor names the last item of a page, so pages stay right while items come and go.
struct ListCursor: Equatable {
    var list: String
    var number: Int64
    var id: String

    init(list: String, number: Int64, id: String) {
        self.list = list
        self.number = number
        self.id = id
    }

    /// - Throws: ``StoreError/cursorInvalid(_:)`` for anything ``text`` does not give, and for another list's.
    init(_ text: String, of list: String) throws(StoreError) {
        var base64 = text.replacing("-", with: "+").replacing("_", with: "/")
        base64 += String(repeating: "=", count: (4 - base64.utf8.count % 4) % 4)
        guard !text.contains("="), let data = Data(base64Encoded: base64) else { throw .cursorInvalid(text) }
        let parts = String(decoding: data, as: UTF8.self).split(
            separator: "\n",
            maxSplits: 2,
            omittingEmptySubsequences: false
        )
        guard parts.count == 3, parts[0] == list, let number = Int64(parts[1]) else { throw .cursorInvalid(text) }
        self.init(list: list, number: number, id: String(parts[2]))
    }

    /// Opaque to clients: base64url (RFC 4648 §5) without padding.
    var text: String {
        Data("\(list)\n\(number)\n\(id)".utf8).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
