import ArgumentParser
import JSONText
import OctobotAPI
import OctobotClient
import OctobotModel

/// `octoctl call`.
struct Call: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Call any operation by its name.",
        discussion: """
            Prints the result as it is. A stream prints its notifications, one a line, until it ends or is interrupted. \
            'octoctl schema' describes all operations.

              octoctl call rpc.ping
              octoctl call workspace.create path=/home/ada/engine
              octoctl call agent.create agentType=custom command:='["my-agent","--acp"]'
              octoctl call event.subscribe from:='{"type":"start"}'
            """
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "Such as session.list.", completion: .list(Operations.all.map(\.name)))
    var method: String

    @Argument(help: "Each as key=text or key:=json.")
    var params: [String] = []

    func run() async throws {
        var members = try Assignment.params(params)
        let declared = Operations.named(method)
        if let project = global.project, members["projectId"] == nil,
            declared?.parameters.contains(where: { $0.name == "projectId" }) == true, case .object(var object) = members
        {
            object["projectId"] = .string(project)
            members = .object(object)
        }
        let bytes = members.serialized()
        try await global.connected { connected in
            if declared?.stream != nil {
                let stream = try await connected.client.stream(method, params: bytes)
                for try await notification in stream { connected.console.line(bytes: notification) }
            } else {
                connected.print(result: try await connected.client.call(method, params: bytes))
            }
        }
    }
}

extension Connected {
    /// Prints a result as it is; indented for a person who watches.
    func print(result bytes: [UInt8]) {
        switch format {
        case .json: console.line(bytes: bytes)
        case .table:
            guard console.outputIsTerminal, let value = try? JSONValue(parsing: bytes) else {
                return console.line(bytes: bytes)
            }
            console.line(value.pretty)
        case .ndjson:
            guard let items = try? JSONValue(parsing: bytes)["items"]?.arrayValue else {
                return console.line(bytes: bytes)
            }
            for item in items { console.line(bytes: item.serialized()) }
        }
    }
}
