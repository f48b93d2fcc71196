import ArgumentParser
import Foundation

/// A start that was refused, as `octobotd` reports it: one line on stderr, exit status 78 (`EX_CONFIG`, sysexits.h).
func refuse(_ error: any Error) -> ExitCode {
    let message = "\(error)".replacing("\n", with: " ")
    FileHandle.standardError.write(Data("octobotd: \(message)\n".utf8))
    return ExitCode(78)
}
