import JSONText
package import OctobotModel

/// Show the OpenRPC document of this daemon.
package enum RPCDiscover: Operation {
    package static let name = "rpc.discover"
    package static let summary = "Show the OpenRPC document of this daemon"
    package static let description = "The same document as `octobotd schema` prints."
    package static let access = Access.public
    package static let errors: [FaultKind] = []
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = Empty()
    package static let exampleResult = OpenRPCDocument([
        "openrpc": "1.3.2", "info": ["title": "Octobot", "version": "0.1"], "methods": [],
    ])

    package typealias Params = Empty
    package typealias Result = OpenRPCDocument
}

/// Answer at once.
package enum RPCPing: Operation {
    package static let name = "rpc.ping"
    package static let summary = "Answer at once"
    package static let description = "Never waits behind other work."
    package static let access = Access.public
    package static let errors: [FaultKind] = []
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = Empty()
    package static let exampleResult = Result(instance: "0b1f3c")

    package typealias Params = Empty

    /// Which start of the daemon answers.
    package struct Result: Codable, Sendable, Equatable, ComponentDescribing {
        package var instance: String

        package init(instance: String) {
            self.instance = instance
        }

        package static let schemaName = "Pong"
        package static let definition = JSONSchema.record(
            .required("instance", .string, "Changes at each start of the daemon.")
        )
    }
}

/// Cancel a call of this connection.
package enum RPCCancel: Operation {
    package static let name = "rpc.cancel"
    package static let summary = "Cancel a call of this connection"
    package static let description = """
        Also as a notification. Overtakes everything that waits. The cancelled call is always answered: with its \
        result if that was already committed, else with `Cancelled`. An id that is not open is no error.
        """
    package static let access = Access.public
    package static let errors: [FaultKind] = []
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = Params(id: .integer(7))
    package static let exampleResult = Empty()

    package typealias Result = Empty

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing {
        package var id: CallID

        package init(id: CallID) {
            self.id = id
        }

        package static let schema = JSONSchema.parameters(
            .required("id", CallID.schema, "The id of the call.")
        )
    }
}

/// End a subscription.
package enum RPCUnsubscribe: Operation {
    package static let name = "rpc.unsubscribe"
    package static let summary = "End a subscription"
    package static let description = """
        A subscription that ended already is no error; one that never was is.
        """
    package static let access = Access.public
    package static let errors: [FaultKind] = [.subscriptionNotFound]
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = Params(subscription: "s1")
    package static let exampleResult = Empty()

    package typealias Result = Empty

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing {
        package var subscription: String

        package init(subscription: String) {
            self.subscription = subscription
        }

        package static let schema = JSONSchema.parameters(
            .required("subscription", .string(1...128), "As the subscribe call answered.")
        )
    }
}
