/// The parts of a message that were opened and not closed, in the order of their opening.
struct OpenParts: Sendable {
    enum Run: Sendable, Hashable {
        case text
        case reasoning
    }

    enum ToolPhase: Sendable, Hashable {
        case inputStreaming
        case inputAvailable
        case approvalRequested
        case done
    }

    struct OpenRun: Sendable, Hashable {
        var kind: Run
        var id: String
    }

    var runs: [OpenRun] = []
    /// Every call of the message, closed ones included.
    var tools: [String: ToolPhase] = [:]
    /// The calls without output.
    var openTools: [String] = []

    mutating func open(tool id: String, _ phase: ToolPhase) {
        if tools[id] == nil { openTools.append(id) }
        tools[id] = phase
    }

    mutating func close(tool id: String) {
        tools[id] = .done
        openTools.removeAll { $0 == id }
    }

    mutating func close(_ run: OpenRun) {
        runs.removeAll { $0 == run }
    }
}
