import JSONText

extension ReferencePage {
    private static let methods = ["get", "post", "put", "patch", "delete"]

    /// The routes of a group, by path.
    static func section(_ group: String, of document: JSONValue) -> String {
        let paths = (document["paths"]?.objectValue ?? [:]).sorted { $0.key < $1.key }
        let routes = paths.flatMap { path, item in
            methods.compactMap { method in item[method].map { (method, path, $0) } }
        }
        let rows = routes.filter { $0.2["tags"]?[0]?.stringValue == group }.map { route($0, $1, $2, of: document) }
        return """
            <h2 id="\(anchor("group", group))">\(StyledPage.escape(group))</h2>
            \(rows.joined(separator: "\n"))
            """
    }

    private static func route(_ method: String, _ path: String, _ entry: JSONValue, of document: JSONValue) -> String {
        let access = entry["x-access"]?.stringValue ?? ""
        let name = entry["x-method"]?.stringValue ?? ""
        var parts = [
            "<p>\(prose(entry["description"]?.stringValue ?? ""))</p>",
            """
            <p class="quiet">For: \(StyledPage.escape(access)). On the socket: <code>\(StyledPage.escape(name))</code>.</p>
            """,
        ]
        if let parameters = entry["parameters"]?.arrayValue, !parameters.isEmpty {
            parts.append("<h3>Parameters</h3>\n<dl>\(parameters.map(parameter).joined(separator: "\n"))</dl>")
        }
        if let body = entry["requestBody"]?["content"]?["application/json"] {
            parts.append("<h3>Body</h3>\n\(shape(of: body["schema"] ?? [:]))\(example(body["example"]))")
        }
        let answers = (entry["responses"]?.objectValue ?? [:]).sorted { $0.key < $1.key }
        let good = answers.filter { $0.value["$ref"] == nil }.map { answer($0.key, $0.value) }
        parts.append("<h3>Answers</h3>\n<dl>\(good.joined(separator: "\n"))</dl>")
        let bad = answers.filter { $0.value["$ref"] != nil }.map { StyledPage.escape($0.key) }.joined(separator: ", ")
        let faults = (entry["x-faults"]?.arrayValue ?? []).compactMap(\.stringValue).joined(separator: ", ")
        parts.append(
            "<p class=\"quiet\">Errors (\(link(to: "Error"))): \(bad). Codes: \(StyledPage.escape(faults)).</p>"
        )
        return """
            <details>
            <summary><b class="\(method)">\(method.uppercased())</b> <code>\(StyledPage.escape(path))</code>
            <span class="quiet">\(prose(entry["summary"]?.stringValue ?? ""))</span></summary>
            \(parts.joined(separator: "\n"))
            </details>
            """
    }

    private static func parameter(_ parameter: JSONValue) -> String {
        let place = parameter["in"]?.stringValue ?? ""
        let note = parameter["required"] == true ? place : "\(place), optional"
        let value = parameter["example"].map { " Such as <code>\(StyledPage.escape(text($0)))</code>." } ?? ""
        return """
            <dt><code>\(StyledPage.escape(parameter["name"]?.stringValue ?? ""))</code> \
            <span class="quiet">\(note); \(type(of: parameter["schema"] ?? [:]))</span></dt>
            <dd>\(prose(parameter["description"]?.stringValue ?? ""))\(value)</dd>
            """
    }

    private static func answer(_ status: String, _ answer: JSONValue) -> String {
        let content = answer["content"]?.objectValue?.first
        let shown = content.map { kind, body in
            let item = body["x-items"].map { "<p>Each event’s data:</p>\(shape(of: $0))" } ?? ""
            let json = kind == "application/json" ? shape(of: body["schema"] ?? [:]) : ""
            return "<span class=\"quiet\">\(StyledPage.escape(kind))</span>\(json)\(item)\(example(body["example"]))"
        }
        return """
            <dt><b>\(StyledPage.escape(status))</b></dt>
            <dd>\(prose(answer["description"]?.stringValue ?? "")) \(shown ?? "")</dd>
            """
    }

    private static func example(_ value: JSONValue?) -> String {
        guard let value else { return "" }
        return "<pre>\(StyledPage.escape(text(value)))</pre>"
    }

    private static func text(_ value: JSONValue) -> String {
        value.stringValue ?? String(decoding: value.serialized(), as: UTF8.self)
    }
}
