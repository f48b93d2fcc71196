import AgentClientProtocol
import OctobotClient
import OctobotModel

extension ACPError {
    /// What an error means to an editor: the text people read, with what to do about it.
    init(_ error: any Error) {
        if let error = error as? ACPError {
            self = error
            return
        }
        guard let failure = Failure(error) else {
            self.init(code: Self.internalCode, message: "\(error)")
            return
        }
        let text = [failure.message, failure.hint].compactMap { $0 }.joined(separator: " ")
        self.init(code: Self.code(error), message: TerminalText.sanitized(text))
    }

    private static func code(_ error: any Error) -> Int {
        switch (error as? Refusal)?.fault.kind {
        case .unauthenticated: authenticationRequiredCode
        case .notFound: notFoundCode
        case .invalidParams: invalidParamsCode
        default: error is CancellationError ? cancelledCode : internalCode
        }
    }
}
