import AgentClientProtocol
import JSONText
import SandboxAgentAPI

/// The form of a permission request, and the way back from its answer (acp.md §15).
struct PermissionForm: Sendable {
    enum Decision: Sendable, Equatable {
        case select(optionID: String, allows: Bool)
        case cancel
    }

    let questions: [AgentQuestion]
    /// What rules can be compared with; `nil` for a choice, which only a person can make.
    let subject: PermissionSubject?
    private let options: [(label: String, option: PermissionRequest.Option)]
    private let refusal: PermissionRequest.Option?

    /// - Parameters:
    ///   - details: the text the agent sent along with the call.
    ///   - about: what the call would do.
    init(
        _ request: PermissionRequest,
        title: String,
        details: String,
        kind: String? = nil,
        about: (tool: String, command: String?, paths: [String]?)? = nil
    ) {
        let isChoice = Self.isChoice(request)
        refusal = Self.refusal(request)
        options = zip(Self.labels(request.options.map(\.name)), request.options).map { ($0, $1) }
        subject =
            isChoice || kind == "switch_mode"
            ? nil
            : about.map { [options] about in
                PermissionSubject(
                    tool: about.tool,
                    kind: kind,
                    command: about.command,
                    paths: about.paths,
                    allow: Self.labels(options, [.allowOnce, .allowAlways]),
                    deny: Self.labels(options, [.rejectOnce, .rejectAlways])
                )
            }
        var question = isChoice ? title : "Allow: \(title)?"
        if isChoice, title.isEmpty { question = details }
        if !details.isEmpty, details != question { question += "\n\n" + String(details.prefix(2_000)) }
        questions = [
            AgentQuestion(
                question: question,
                header: isChoice ? "Question" : "Permission",
                options: options.map { label, option in
                    .init(label: label, description: isChoice ? "" : Self.describe(option.kind))
                }
            )
        ]
    }

    /// Several ways to allow mean that the agent asks a question in the clothes of a permission.
    static func isChoice(_ request: PermissionRequest) -> Bool {
        request.carriesQuestions || request.options.count { $0.kind == .allowOnce } > 1
            || !request.options.contains { $0.kind?.allows == true }
    }

    /// The option to take when the request is allowed; `nil` when a person has to be asked.
    static func automatic(_ request: PermissionRequest) -> PermissionRequest.Option? {
        guard !isChoice(request), request.toolCall.kind != "switch_mode" else { return nil }
        return request.options.first { $0.kind == .allowOnce } ?? request.options.first { $0.kind == .allowAlways }
    }

    /// The option that refuses; `nil` when there is none.
    static func refusal(_ request: PermissionRequest) -> PermissionRequest.Option? {
        request.options.first { $0.kind == .rejectOnce } ?? request.options.first { $0.kind == .rejectAlways }
    }

    /// What the answers choose: a label, or for any other text a refusal.
    func decision(_ answers: [String: String]) -> Decision {
        let answer = questions.first.flatMap { answers[$0.question] } ?? answers.values.first ?? ""
        if let chosen = options.first(where: { $0.label == answer })?.option {
            let rejects = chosen.kind == .rejectOnce || chosen.kind == .rejectAlways
            return .select(optionID: chosen.id, allows: !rejects)
        }
        return refusal.map { .select(optionID: $0.id, allows: false) } ?? .cancel
    }

    private static func describe(_ kind: PermissionRequest.Option.Kind?) -> String {
        switch kind {
        case .allowOnce: "Allow this time"
        case .allowAlways: "Allow and remember"
        case .rejectOnce: "Refuse this time"
        case .rejectAlways: "Refuse and remember"
        case nil: ""
        }
    }

    private static func labels(
        _ options: [(label: String, option: PermissionRequest.Option)],
        _ kinds: [PermissionRequest.Option.Kind]
    ) -> [String] {
        kinds.flatMap { kind in options.filter { $0.option.kind == kind }.map(\.label) }
    }

    /// Makes equal names distinct: `Yes`, `Yes (2)`, `Yes (3)`.
    static func labels(_ names: [String]) -> [String] {
        var used: Set<String> = []
        return names.map { name in
            var label = name
            var count = 1
            while !used.insert(label).inserted {
                count += 1
                label = "\(name) (\(count))"
            }
            return label
        }
    }
}
