/// What made the state of a session or a turn what it is: the evidence for it.
package struct StateCause: Sendable, Codable, Equatable {
    package enum Kind: String, Sendable, Codable, CaseIterable {
        /// Somebody asked for it.
        case request
        /// A job did it, or failed.
        case job
        /// The agent said so.
        case agent
        /// The sandbox's provider said so.
        case sandbox
        /// The daemon found it so when it started.
        case recovery
        /// Nobody knows, or nobody noted it at the time.
        case unknown
    }

    package var kind: Kind
    /// What happened, for people.
    package var text: String?
    package var jobID: JobID?
    package var turnID: TurnID?

    package init(_ kind: Kind, _ text: String? = nil, jobID: JobID? = nil, turnID: TurnID? = nil) {
        self.kind = kind
        self.text = text
        self.jobID = jobID
        self.turnID = turnID
    }

    /// For states from before causes were noted.
    package static let unknown = StateCause(.unknown)

    enum CodingKeys: String, CodingKey {
        case kind, text
        case jobID = "jobId"
        case turnID = "turnId"
    }
}
