import ArgumentParser
import Foundation
import JSONRPCTransport
import Logging
import OctobotAPI
import OctobotServices
import OctobotStore

/// `octobotd keys`.
struct KeysCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "The key that secrets are sealed with.",
        subcommands: [RotateKeysCommand.self]
    )
}

/// `octobotd keys rotate`.
struct RotateKeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Makes a new key, seals every secret with it and deletes the old key.",
        discussion: """
            An octobotd that serves is asked to do it, and goes on serving meanwhile; otherwise it is done here. When it is \
            interrupted nothing is lost, and the next start goes on with it.
            """
    )

    func run() async throws {
        do {
            let configuration = try await DaemonConfiguration.load(environment: ProcessInfo.processInfo.environment)
            try Folders.prepare(configuration)
            let path = configuration.socketPath
            let lock = try await InstanceLock.take(at: configuration.stateFolder + "/lock") { Folders.isServed(path) }
            let result = if let lock { try await rotate(configuration, lock) } else { try await ask(path) }
            print("Sealed \(result.moved) secrets with a new key.")
            if result.unreadable > 0 { print("\(result.unreadable) could not be opened; they were left alone.") }
        } catch {
            throw refuse(error)
        }
    }

    private func rotate(
        _ configuration: DaemonConfiguration,
        _ lock: InstanceLock
    ) async throws -> RotateKeys.Result {
        let logger = Logger(label: "octobotd") { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = .warning
            return handler
        }
        let keys = try configuration.sealingKeys()
        let store = try await Store(path: configuration.databasePath)
        let ledger = Ledger(store: store, bells: Bells(), logger: logger) { _ in
            // Nobody works on turns here.
        }
        let result = try await KeyRotation(ledger: ledger, keys: keys, logger: logger).rotate()
        try store.close()
        return withExtendedLifetime(lock) { result }
    }

    private func ask(_ path: String) async throws -> RotateKeys.Result {
        let client = try await RPCClient.connect(toSocket: path)
        let hello = RPCHello.Params(
            client: RPCHello.Client(name: "octobotd", version: Version.current),
            protocol: RPCHello.ProtocolRange(minimum: 1, maximum: 1)
        )
        _ = try await client.call(RPCHello.name, params: Array(JSONEncoder().encode(hello)))
        return try JSONDecoder().decode(RotateKeys.Result.self, from: Data(try await client.call(RotateKeys.name)))
    }
}
