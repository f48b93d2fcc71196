import Foundation
import OctobotAPI
import OctobotModel
import SandboxAgentAPI

extension RunCommand {
    /// What the sandbox is asked to run.
    ///
    /// - Parameter outputLimit: What stands when the params name none.
    /// - Throws: `InvalidParams` for what no program can be given (execve(2)).
    init(_ params: CommandParams, outputLimit: Int = CommandParams.defaultOutputLimit) throws(Fault) {
        func refuse(_ message: String, _ pointer: String, _ rule: String) -> Fault {
            .invalidParams(message, pointer: pointer, rule: rule)
        }
        if let index = params.argv.firstIndex(where: { $0.utf8.contains(0) }) {
            throw refuse("An argument cannot hold NUL.", "/argv/\(index)", "pattern")
        }
        guard params.argv.first?.isEmpty == false else {
            throw refuse("The program has no name.", "/argv/0", "minLength")
        }
        for (name, value) in params.env ?? [:]
        where name.contains("=") || name.utf8.contains(0) || value.utf8.contains(0) {
            throw refuse("'\(name.prefix(200))' is no variable a program can be given.", "/env", "pattern")
        }
        if params.cwd?.utf8.contains(0) == true { throw refuse("A path cannot hold NUL.", "/cwd", "pattern") }
        var input = params.stdinBase64
        if let base64 = params.stdinBase64 {
            guard params.stdin == nil else {
                throw refuse("Only one of 'stdin' and 'stdinBase64' can be given.", "/stdinBase64", "oneOf")
            }
            guard Data(base64Encoded: base64) != nil else {
                throw refuse("'stdinBase64' is not Base64.", "/stdinBase64", "format")
            }
        } else if let text = params.stdin {
            input = Data(text.utf8).base64EncodedString()
        }
        self.init(
            arguments: params.argv,
            environment: params.env,
            directory: params.cwd,
            input: input,
            timeout: params.timeoutMs ?? CommandParams.defaultTimeoutMs,
            outputLimit: params.outputLimit ?? outputLimit
        )
    }
    /// How long its end is waited for: the sandbox kills it, and is not trusted to.
    var patience: Duration { .milliseconds(timeout) + .seconds(30) }
}
