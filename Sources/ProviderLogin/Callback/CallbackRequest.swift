/// What a provider sends back through the person's browser (RFC 6749 §4.1.2).
package struct CallbackRequest: Sendable, Equatable {
    package var code: String?
    package var state: String?
    /// Why there is no code.
    package var error: OAuthErrorCode?

    /// - Parameter query: The query of the address, still encoded.
    ///
    /// Returns `nil` for a query that is none.
    init?(query: Substring) {
        guard query.utf8.count <= 8192, let values = URLText.query(query) else { return nil }
        code = values["code"].flatMap { $0.isEmpty ? nil : $0 }
        state = values["state"]
        error = values["error"].map { OAuthErrorCode($0) }
    }

    package init(code: String? = nil, state: String? = nil, error: OAuthErrorCode? = nil) {
        self.code = code
        self.state = state
        self.error = error
    }
}

/// The page the person sees at the end: no script, nothing from elsewhere.
package struct CallbackPage: Sendable, Equatable {
    package var title: String
    package var text: String
    /// A code the person copies by hand.
    package var code: String?

    package init(title: String, text: String, code: String? = nil) {
        self.title = title
        self.text = text
        self.code = code
    }

    var html: String {
        let copy = code.map { "\n<p><code>\(Self.escape($0))</code></p>" } ?? ""
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head><meta charset="utf-8"><title>Octobot: \(Self.escape(title))</title></head>
            <body>
            <h1>\(Self.escape(title))</h1>
            <p>\(Self.escape(text))</p>\(copy)
            </body>
            </html>

            """
    }

    /// Text in HTML, also between quotes (HTML §13.3).
    private static func escape(_ text: String) -> String {
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
