import Foundation

/// The programs under test, beside the program that tests them.
enum Products {
    static let folder: String = {
        let executable = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let beside = (executable as NSString).deletingLastPathComponent
        if FileManager.default.isExecutableFile(atPath: beside + "/octobotd") { return beside }
        // The toolchain's own helper runs the tests: then the first argument names the bundle.
        let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? ""
        return (bundle as NSString).deletingLastPathComponent
    }()

    static var octobotd: String { folder + "/octobotd" }
    static var octoctl: String { folder + "/octoctl" }
    static var agent: String { folder + "/octobot-agent" }
}
