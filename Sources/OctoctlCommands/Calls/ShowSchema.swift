import ArgumentParser
import JSONText
import OctobotAPI
import OctobotClient

/// `octoctl schema`.
struct ShowSchema: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Print the OpenRPC document of the daemon, or one operation of it.",
        discussion: """
              octoctl schema > openrpc.json
              octoctl schema session.commit
            """
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "Only this operation, such as session.commit.", completion: .list(Operations.all.map(\.name)))
    var method: String?

    func run() async throws {
        try await global.connected { connected in
            let bytes = try await connected.client.call(RPCDiscover.name, params: Array("{}".utf8))
            guard let method else { return connected.print(result: bytes) }
            let document = try connected.decode(JSONValue.self, from: bytes)
            let methods = document["methods"]?.arrayValue ?? []
            guard let found = methods.first(where: { $0["name"]?.stringValue == method }) else {
                throw Failure(
                    "There is no operation '\(method)'.",
                    hint: NearestNames(among: methods.compactMap { $0["name"]?.stringValue }).nearest(to: method)
                        .first.map { "Did you mean \($0)?" },
                    status: .usage
                )
            }
            connected.print(result: found.serialized())
        }
    }
}
