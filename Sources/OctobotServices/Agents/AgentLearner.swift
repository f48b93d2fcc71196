import Logging
import OctobotModel
import OctobotSandbox
import ServiceLifecycle

/// Asks the agents of turns that have ended what they have to say, beside the turns, so that none waits for it.
final class AgentLearner: Service {
    private struct Occasion {
        var session: Session
        var sandbox: any SandboxAgent
    }

    private let models: AgentModels
    private let logger: Logger
    private let occasions: AsyncStream<Occasion>
    private let occasion: AsyncStream<Occasion>.Continuation

    init(models: AgentModels, logger: Logger) {
        self.models = models
        self.logger = logger
        // What is missed is asked after the next turn.
        (occasions, occasion) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(64))
    }

    /// A turn of the session has ended.
    func turnEnded(in session: Session, _ sandbox: any SandboxAgent) {
        occasion.yield(Occasion(session: session, sandbox: sandbox))
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            for await occasion in self.occasions {
                do {
                    try await self.models.learn(in: occasion.session, from: occasion.sandbox)
                } catch {
                    self.logger.info("What an agent told is not remembered", metadata: ["error": "\(error)"])
                }
            }
        }
    }
}
