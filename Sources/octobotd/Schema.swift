import ArgumentParser
import Foundation
import OctobotAPI

/// `octobotd schema`.
struct Schema: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints the OpenRPC document of every operation; needs no running daemon."
    )

    @Flag(name: .customLong("openapi"), help: "Print the OpenAPI document of the REST routes instead.")
    var isOpenAPI = false

    func run() throws {
        let text = try isOpenAPI ? OpenAPI.text(version: Version.current) : OpenRPC.text(version: Version.current)
        try FileHandle.standardOutput.write(contentsOf: Data(text))
    }
}
