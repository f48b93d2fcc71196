import JSONText
import OctobotModel

/// What an agent tells in the metadata of its message, as `usage` (acp.md §13).
///
/// ACP's own update carries `used` and `size`, the fill of the context, and `cost`, which is the whole session's so far.
/// Drivers that know the tokens of the turn add `inputTokens`, `outputTokens` and `cachedTokens`, and their `cost` is the
/// turn's. Whatever is no number within reason is left out: it comes from inside the sandbox.
struct ToldUsage: Sendable, Equatable {
    var model: String?
    var inputTokens: Int64?
    var outputTokens: Int64?
    var cachedTokens: Int64?
    var context: ContextUse?
    var cost: Cost?

    /// Beyond this a number is not believed.
    private static let limit: Int64 = 1_000_000_000_000

    /// - Parameter message: The whole message of a turn; `nil` when it tells nothing.
    init?(_ message: JSONValue) {
        guard let usage = message["metadata"]?["usage"], case .object = usage else { return nil }
        model = message["metadata"]?["model"]?.stringValue.map { String($0.prefix(256)) }
        inputTokens = Self.count(usage["inputTokens"])
        outputTokens = Self.count(usage["outputTokens"])
        cachedTokens = Self.count(usage["cachedTokens"])
        context = Self.count(usage["used"]).map { ContextUse(used: $0, size: Self.count(usage["size"])) }
        if let amount = Self.amount(usage["cost"]?["amount"]), let currency = usage["cost"]?["currency"]?.stringValue,
            currency.wholeMatch(of: /[A-Z]{3}/) != nil
        {
            cost = Cost(amount: amount, currency: currency)
        }
        guard tellsTokens || context != nil || cost != nil else { return nil }
    }

    private var tellsTokens: Bool { inputTokens != nil || outputTokens != nil }

    /// What the session has cost so far, where that is what `cost` says.
    var sessionCost: Double? { tellsTokens ? nil : cost?.amount }

    /// - Parameter before: What the session had cost before the turn; an agent that begins anew counts from nothing.
    func usage(of turn: TurnID, in session: SessionID, before: Double?) -> TurnUsage {
        var own = cost
        if let sessionCost, let before, before <= sessionCost { own?.amount = sessionCost - before }
        return TurnUsage(
            turnID: turn,
            sessionID: session,
            model: model,
            inputTokens: inputTokens ?? 0,
            outputTokens: outputTokens ?? 0,
            cachedTokens: cachedTokens ?? 0,
            context: context,
            cost: own
        )
    }

    private static func count(_ value: JSONValue?) -> Int64? {
        guard let number = value?.integerValue, (0...limit).contains(number) else { return nil }
        return number
    }

    private static func amount(_ value: JSONValue?) -> Double? {
        let number: Double? =
            switch value {
            case .integer(let integer): Double(integer)
            case .number(let number): number
            default: nil
            }
        guard let number, number.isFinite, (0...Double(limit)).contains(number) else { return nil }
        return number
    }
}
