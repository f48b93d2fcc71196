import HTTPTypes
import HummingbirdCore
import JSONText
import NIOCore
import OctobotAPI
import OctobotModel
import OctobotServer

extension Gateway {
    /// `GET /api/ui`: what `GET /api/routes` says, as a page for people.
    func routeList(_ page: Page) async throws -> Response {
        let bytes = try await table.call(SystemRoutes.name, params: [:], call: page.call, unknownMembers: .ignore).get()
        let list = RouteList(routes: try JSONCoding.decode(SystemRoutes.Result.self, from: bytes).items)
        return StyledPage.response(list.html)
    }
}

/// A page that lists routes.
struct RouteList {
    var routes: [RouteInfo]

    /// - Parameter nonce: Marks the one style element the policy lets through.
    func html(nonce: String) -> String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <title>Octobot: routes</title>
        <style nonce="\(nonce)">
        body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; }
        table { border-collapse: collapse; width: 100%; }
        th, td { border-bottom: 1px solid #8884; padding: .3rem .6rem; text-align: left; vertical-align: top; }
        code { font: 13px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
        </style>
        </head>
        <body>
        <h1>Octobot: routes</h1>
        <p>The same as JSON: <a href="/api/routes">/api/routes</a>; with every answer: <a href="/docs">/docs</a>. Every route is also a method of the socket.</p>
        \(groups.map(section).joined(separator: "\n"))
        </body>
        </html>

        """
    }

    /// The groups in the order in which they appear first.
    private var groups: [String] {
        routes.reduce(into: []) { groups, route in
            if !groups.contains(route.group) { groups.append(route.group) }
        }
    }

    private func section(of group: String) -> String {
        let rows = routes.filter { $0.group == group }.map(row).joined(separator: "\n")
        return """
            <h2>\(StyledPage.escape(group))</h2>
            <table>
            <tr><th>Route</th><th>What it does</th><th>Parameters</th><th>Body</th></tr>
            \(rows)
            </table>
            """
    }

    private func row(_ route: RouteInfo) -> String {
        let parameters = (route.params ?? []).map { parameter in
            let example = parameter.example.map { " = \(Self.text($0))" } ?? ""
            let note = parameter.required == true ? "" : ", optional"
            return "<code>\(StyledPage.escape(parameter.name + example))</code> (\(parameter.place.rawValue)\(note))"
        }
        let body = route.body.map { "<code>\(StyledPage.escape(Self.text($0)))</code>" } ?? ""
        return "<tr><td><code>\(StyledPage.escape("\(route.method) \(route.path)"))</code></td>"
            + "<td>\(StyledPage.escape(route.description))</td>"
            + "<td>\(parameters.joined(separator: "<br>"))</td><td>\(body)</td></tr>"
    }

    private static func text(_ value: JSONValue) -> String { String(decoding: value.serialized(), as: UTF8.self) }
}
