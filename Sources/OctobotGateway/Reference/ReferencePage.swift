import JSONText

/// The OpenAPI document as a page for people: routes by group, each folded, then the shapes they share.
struct ReferencePage: Sendable {
    private let title: String
    private let content: String

    init(_ document: JSONValue) {
        let info = document["info"]
        title = info?["title"]?.stringValue ?? ""
        let groups = document["tags"]?.arrayValue?.compactMap { $0["name"]?.stringValue } ?? []
        let links = groups.map { "<a href=\"#\(Self.anchor("group", $0))\">\(StyledPage.escape($0))</a>" }
        let sections = groups.map { Self.section($0, of: document) }
        let shapes = (document["components"]?["schemas"]?.objectValue ?? [:]).sorted { $0.key < $1.key }
        content = """
            <header>
            <h1>\(StyledPage.escape(title)) <small>\(StyledPage.escape(info?["version"]?.stringValue ?? ""))</small></h1>
            <p>\(Self.prose(info?["description"]?.stringValue ?? ""))</p>
            <p>For programs: <a href="/openapi.json">/openapi.json</a></p>
            <nav>\(links.joined(separator: "\n"))
            <a href="#shapes">Shapes</a></nav>
            </header>
            <main>
            \(sections.joined(separator: "\n"))
            <h2 id="shapes">Shapes</h2>
            \(shapes.map { Self.shape($0.key, $0.value) }.joined(separator: "\n"))
            </main>
            """
    }

    /// The whole page; `nonce` marks the one style element that the policy lets through.
    func html(nonce: String) -> String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(StyledPage.escape(title)): reference</title>
        <style nonce="\(nonce)">
        \(Self.style)
        </style>
        </head>
        <body>
        \(content)
        </body>
        </html>

        """
    }

    /// An id for links within the page.
    static func anchor(_ kind: String, _ name: String) -> String {
        kind + "-" + name.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
    }

    /// Text with `code` between backticks, as HTML.
    static func prose(_ text: String) -> String {
        let parts = text.split(separator: "`", omittingEmptySubsequences: false)
        return parts.indices.map { index in
            let part = StyledPage.escape(String(parts[index]))
            return index.isMultiple(of: 2) ? part : "<code>\(part)</code>"
        }.joined()
    }

    private static let style = """
        :root { color-scheme: light dark; --line: #8885; --faint: #8881; --quiet: #667; --accent: #0a58ca; }
        @media (prefers-color-scheme: dark) { :root { --quiet: #99a; --accent: #7ab7ff; } }
        body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 1rem; }
        a { color: var(--accent); }
        small, .quiet { color: var(--quiet); font-weight: normal; }
        nav { display: flex; flex-wrap: wrap; gap: .3rem 1rem; }
        h2 { border-bottom: 1px solid var(--line); margin-top: 2.5rem; }
        h3 { font-size: 1rem; margin: 1rem 0 .2rem; }
        code, pre { font: 13px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
        pre { background: var(--faint); margin: .3rem 0; overflow-x: auto; padding: .6rem; white-space: pre-wrap; }
        details { border: 1px solid var(--line); border-radius: .4rem; margin: .4rem 0; padding: .4rem .7rem; }
        summary { cursor: pointer; }
        summary b { display: inline-block; font: bold 12px ui-monospace, monospace; min-width: 4rem; }
        summary .quiet { display: block; padding-left: 5.4rem; }
        dl { margin: .3rem 0; }
        dt { margin-top: .4rem; }
        dd { margin: 0 0 0 1.2rem; }
        .get { color: #1a7f4b; } .post { color: #0a58ca; } .put, .patch { color: #a15c00; } .delete { color: #c0392b; }
        @media (prefers-color-scheme: dark) {
        .get { color: #5fd39a; } .post { color: #7ab7ff; } .put, .patch { color: #f0b35a; } .delete { color: #ff8a7a; }
        }
        @media (max-width: 40rem) { summary .quiet { padding-left: 0; } summary b { min-width: 0; margin-right: .4rem; } }
        """
}
