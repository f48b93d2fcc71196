import OctobotTestSupport

@testable import OctobotSandbox

/// Whether sandboxes can be made on this machine; says why not, so that skipped tests are seen.
enum Bubblewrap {
    static let isUsable: Bool = {
        let user = SandboxUser.ofRootDaemon
        do {
            let tools = try Launch.Tools.find(path: "", user: user)
            let outcome = try ChildProcess.runBlocking(
                Launch.probe(networkIsHost: false, user: user, tools: tools),
                ["PATH": "/usr/bin:/bin"],
                limit: .seconds(10)
            )
            guard outcome.status == 0 else {
                print("SKIPPED: tests of real sandboxes, because bubblewrap said: \(outcome.output)")
                return false
            }
            return true
        } catch {
            print("SKIPPED: tests of real sandboxes, because: \(error)")
            return false
        }
    }()
}
