import ArgumentParser
import Foundation
import OctobotAPI

/// `octobotd schema`.
struct Schema: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints the OpenRPC document of every operation; needs no running daemon."
    )

    func run() throws {
        try FileHandle.standardOutput.write(contentsOf: Data(OpenRPC.text(version: Version.current)))
    }
}
