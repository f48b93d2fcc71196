import Foundation

/// Finds octobot-agent on this host (decision 24).
enum AgentBinary {
    /// - Parameter asked: `LOCAL_AGENT_BINARY`; without it octobotd's neighbour, then one on `searchPath`.
    static func find(asked: String?, searchPath: String) throws(SandboxError) -> String {
        if let asked {
            guard let found = CommandSearch.find(asked, path: searchPath), let file = CommandSearch.resolved(found)
            else {
                throw .unavailable(
                    component: "octobot-agent",
                    message: "LOCAL_AGENT_BINARY is '\(asked)', which is no program here.",
                    hint: "Set it to the path of octobot-agent, or unset it."
                )
            }
            return file
        }
        let own = CommandSearch.resolved("/proc/self/exe").map { ($0 as NSString).deletingLastPathComponent }
        let found =
            own.flatMap { CommandSearch.find("\($0)/octobot-agent", path: "") }
            ?? CommandSearch.find("octobot-agent", path: searchPath)
        guard let file = found.flatMap(CommandSearch.resolved) else {
            throw .unavailable(
                component: "octobot-agent",
                message: "octobot-agent stands neither beside octobotd nor on its PATH.",
                hint: "Install it there, or set LOCAL_AGENT_BINARY to its path."
            )
        }
        return file
    }

    /// The libraries a program of ours needs, but for those that come with glibc, which every image has.
    static func libraries(of program: String) throws(SandboxError) -> [SharedLibraries.Library] {
        do {
            guard let ldd = CommandSearch.find("ldd", path: "/usr/bin:/bin") else { return [] }
            let output = try ChildProcess.runBlocking(
                [ldd, program],
                ["PATH": "/usr/bin:/bin", "LC_ALL": "C"],
                limit: .seconds(10)
            )
            return try SharedLibraries.parse(output.output, keepsSystem: true).filter { library in
                let name = (library.path as NSString).lastPathComponent
                return !glibc.contains {
                    name == "\($0).so" || name.hasPrefix("\($0).so.") || name.hasPrefix("ld-linux")
                }
            }
        } catch let error as SharedLibraries.Missing {
            throw .unavailable(
                component: "octobot-agent",
                message: "'\(program)' needs libraries that are missing: \(error.names.joined(separator: ", ")).",
                hint: "Install them."
            )
        } catch {
            throw .failed("The libraries of '\(program)' could not be found out: \(error)")
        }
    }

    private static let glibc = ["libc", "libm", "libdl", "libpthread", "librt", "libresolv", "libutil", "libanl"]
}
