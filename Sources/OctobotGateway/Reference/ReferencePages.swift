import HTTPTypes
import HummingbirdCore
import JSONText
import NIOCore
import OctobotAPI
import OctobotModel
import OctobotServer
import Synchronization

/// The OpenAPI document and the page made of it; made when first asked for, the same for as long as the daemon runs.
final class ReferencePages: Sendable {
    struct Pages: Sendable {
        let document: [UInt8]
        let page: ReferencePage
    }

    private let made = Mutex<Pages?>(nil)

    /// - Parameter describe: Asked for the document by the first call; two first calls may both ask.
    func pages(_ describe: () async throws(Fault) -> JSONValue) async throws(Fault) -> Pages {
        if let pages = made.withLock({ $0 }) { return pages }
        let document = try await describe()
        let pages = Pages(document: document.serialized(), page: ReferencePage(document))
        made.withLock { $0 = pages }
        return pages
    }
}

extension Gateway {
    /// `GET /openapi.json` and `GET /docs`.
    func reference(_ page: Page) async throws -> Response {
        let pages = try await referencePages.pages { () async throws(Fault) in
            try Self.tree(
                of: await table.call(SystemOpenAPI.name, params: [:], call: page.call, unknownMembers: .ignore).get()
            )
        }
        guard page.route.binding.path == "/docs" else { return Answer.json(bytes: pages.document) }
        return StyledPage.response { pages.page.html(nonce: $0) }
    }
}

/// What the pages for people share: no script, nothing from elsewhere, and only their own style (CSP 3 §2.3.1).
enum StyledPage {
    /// The answer with a page.
    ///
    /// - Parameter html: Given the mark of the one style element the policy lets through.
    static func response(_ html: (_ nonce: String) -> String) -> Response {
        let nonce = RequestID.make() + RequestID.make()
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/html; charset=utf-8", .contentSecurityPolicy: contentSecurityPolicy(nonce: nonce),
            ],
            body: ResponseBody(byteBuffer: ByteBuffer(string: html(nonce)))
        )
    }

    static func contentSecurityPolicy(nonce: String) -> String {
        "default-src 'none'; style-src 'nonce-\(nonce)'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    }

    /// Text in HTML, also between quotes (HTML §13.3).
    static func escape(_ text: String) -> String {
        var result = ""
        for character in text.unicodeScalars {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }
}
