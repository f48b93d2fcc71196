import JSONText
import OctobotAPI
import OctobotTestSupport

/// Params of a declared operation: mostly what the schema asks for, with something wrong in it now and then.
struct ParamsFuzzer {
    private var random: SeededGenerator
    /// What exists in each place, by the name of the params member that names it.
    private let places: [[String: String]]
    /// The place a call is about, for the most part.
    private var place: [String: String] = [:]

    init(seed: UInt64, places: [[String: String]]) {
        random = SeededGenerator(seed: seed)
        self.places = places
    }

    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: 0..<elements.count, using: &random)]
    }

    private mutating func oneIn(_ count: Int) -> Bool { Int.random(in: 0..<count, using: &random) == 0 }

    mutating func params(of operation: AnyOperation) -> JSONValue {
        if oneIn(40) { return anything(depth: 0) }
        place = pick(places)
        var params = value(of: operation.paramsSchema, named: "", depth: 0).objectValue ?? [:]
        if oneIn(3) { params.merge(operation.exampleParams.objectValue ?? [:]) { ours, _ in ours } }
        if oneIn(25) {
            params[pick(["x", "", "ProjectId", "_Meta", "__proto__", "limit ", "cursor"])] = anything(depth: 0)
        }
        if oneIn(25), let name = params.keys.sorted().first { params[name] = anything(depth: 0) }
        // Whatever else is in it, no call waits for long.
        var meta: [String: JSONValue] = ["timeoutMs": .integer(Int64.random(in: 1...250, using: &random))]
        if oneIn(8) { meta["idempotencyKey"] = .string(pick(["k1", "k2", "k3", String(repeating: "k", count: 128)])) }
        if oneIn(40) { meta[pick(["progress", "traceparent", "other"])] = anything(depth: 0) }
        params["_meta"] = .object(meta)
        return .object(params)
    }

    private mutating func value(of schema: JSONSchema, named name: String, depth: Int) -> JSONValue {
        if oneIn(30) { return anything(depth: depth) }
        if let here = place[name], !oneIn(8) { return .string((oneIn(6) ? pick(places)[name] : nil) ?? here) }
        switch schema.kind {
        case .any, .number: return anything(depth: depth)
        case .boolean: return .bool(oneIn(2))
        case .integer(let range):
            return .integer(pick([range.lowerBound, range.upperBound, Int64.random(in: range, using: &random), 1, 0]))
        case .string(let rules): return text(rules)
        case .enumeration(let names): return .string(pick(names))
        case .constant(let name): return .string(name)
        case .array(let element, let count):
            let most = min(count.upperBound, count.lowerBound + 3)
            let length = Int.random(in: count.lowerBound...max(most, count.lowerBound), using: &random)
            return .array((0..<length).map { _ in value(of: element, named: name, depth: depth + 1) })
        case .map(let element, _):
            return .object(["a": value(of: element, named: "", depth: depth + 1), pick(Self.texts): "b"])
        case .object(let rules): return members(rules, depth)
        case .oneOf(let schemas): return value(of: pick(schemas), named: name, depth: depth + 1)
        case .tagged(let tag, let alternatives):
            let alternative = pick(alternatives)
            var object = members(alternative.rules, depth).objectValue ?? [:]
            object[tag] = .string(alternative.tag)
            return .object(object)
        case .nullable(let schema): return oneIn(3) ? .null : value(of: schema, named: name, depth: depth + 1)
        case .extended(let schema, _): return value(of: schema, named: name, depth: depth)
        case .component(let type): return value(of: type.definition, named: name, depth: depth + 1)
        }
    }

    private mutating func members(_ rules: JSONSchema.ObjectRules, _ depth: Int) -> JSONValue {
        var object: [String: JSONValue] = [:]
        for member in rules.members where member.name != "_meta" {
            guard member.isRequired ? !oneIn(30) : oneIn(3) || member.name == "projectId" else { continue }
            object[member.name] = value(of: member.schema, named: member.name, depth: depth + 1)
        }
        for choice in rules.exactlyOne where !oneIn(10) {
            for name in choice { object[name] = nil }
            let name = pick(choice)
            if let member = rules.member(name) {
                object[name] = value(of: member.schema, named: name, depth: depth + 1)
            }
        }
        return .object(object)
    }

    private mutating func text(_ rules: JSONSchema.StringRules) -> JSONValue {
        switch Int.random(in: 0..<12, using: &random) {
        case 0: return .string(String(repeating: "a", count: min(rules.length.upperBound, 5000)))
        case 1: return .string(String(repeating: "é", count: rules.length.lowerBound))
        case 2: return .string(String(repeating: "x", count: 200_000))
        case 3...7: return .string(pick(Self.texts))
        default: return .string("v\(Int.random(in: 0..<50, using: &random))")
        }
    }

    private mutating func anything(depth: Int) -> JSONValue {
        switch Int.random(in: 0..<10, using: &random) {
        case 0: return .null
        case 1: return .bool(true)
        case 2: return .integer(pick([-1, 0, 9_007_199_254_740_991, -9_007_199_254_740_991, 1 << 32]))
        case 3: return .number(pick([0.5, -1e300, 1e-300]))
        case 4: return .array([])
        case 5: return .object([:])
        case 6: return .object(["a": [1, "b", .null, ["c": []]]])
        case 7:
            var nested: JSONValue = "deep"
            for level in 0..<40 { nested = level.isMultiple(of: 2) ? .array([nested]) : .object(["n": nested]) }
            return nested
        default: return .string(pick(Self.texts))
        }
    }

    /// Strings that mean something to somebody on the way: shells, git, paths, SQL, cursors, terminals.
    private static let texts = [
        "", " ", "\u{0}", "a\nb", "\u{1B}[2J", "\u{202E}abc", "é", "e\u{301}", "💥", "\u{FFFD}",
        "'; DROP TABLE event; --",
        "../../../etc/passwd", "/etc/passwd", "/dev/zero", "C:\\x", "~", "$(id)", "`id`", "-", "--", "--help",
        "--upload-pack=/bin/false", "-c core.fsmonitor=/bin/false", "HEAD", "HEAD~999999", "refs/heads/main", "@{-1}",
        "main..main", ":/first", "a.txt", ".git/config", "https://127.0.0.1:9/x.git", "ssh://-oProxyCommand=x/y",
        "ext::sh -c id", "file:///etc", "event.local:0", "event.local:-1", "event.foreign:1", "chat.foreign-session:1",
        "event.local:99999999999999999999", "eyJ4IjoxfQ==", "MQ==", "null", "true", "0", "-0", "NaN",
        "2026-01-01T00:00:00Z",
        "%00", "%2e%2e%2f", "local", "demo", "mock", "a@example.org",
    ]
}
