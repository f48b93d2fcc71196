import Foundation

/// Programs of this machine.
enum HostCommand {
    /// The executable a name means, by the folders of `path`.
    static func find(_ name: String, path: String) -> String? {
        for folder in path.split(separator: ":") where folder.hasPrefix("/") {
            let candidate = "\(folder)/\(name)"
            guard FileManager.default.isExecutableFile(atPath: candidate), !FilePath.isFolder(candidate) else {
                continue
            }
            return candidate
        }
        return nil
    }

    /// Runs a program that ends by itself soon.
    ///
    /// - Returns: Its exit status and the first line of what it said; `nil` when it cannot be started.
    static func run(_ executable: String, _ arguments: [String]) -> (status: Int32, line: String)? {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: executable)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = pipe
        do {
            try process.run()
        } catch {
            // Not executable after all; the caller says so.
            return nil
        }
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let text = String(decoding: output, as: UTF8.self)
        let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        return (process.terminationStatus, line)
    }
}
