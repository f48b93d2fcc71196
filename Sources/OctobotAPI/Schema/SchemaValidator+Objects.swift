import JSONText
import OctobotModel

extension SchemaValidator {
    /// Unknown members come first: a misspelt name explains a missing one.
    mutating func check(
        _ members: [String: JSONValue],
        _ rules: JSONSchema.ObjectRules,
        tag: String? = nil
    ) throws(Fault) {
        for name in members.keys.sorted() where rules.member(name) == nil && name != tag {
            try admit(unknown: name, rules, tag)
        }
        for member in rules.members {
            if let value = members[member.name] {
                try check(value, member.schema, at: member.name)
            } else if member.isRequired {
                throw missing(member.name, member.schema.typeName)
            }
        }
        for names in rules.exactlyOne {
            let present = names.filter { members[$0] != nil }
            if present.isEmpty, let first = names.first { throw missing(first, names.joined(separator: " or ")) }
            if present.count > 1, let last = present.last {
                throw broken(
                    "oneOf",
                    "cannot be together with '\(present[0])'",
                    at: last,
                    expected: "exactly one of " + names.joined(separator: ", "),
                    got: present.joined(separator: " and ")
                )
            }
        }
    }

    mutating func check(
        _ members: [String: JSONValue],
        _ tag: String,
        _ alternatives: [JSONSchema.Alternative]
    ) throws(Fault) {
        let tags = alternatives.map(\.tag)
        guard let value = members[tag] else { throw missing(tag, tags.joined(separator: ", ")) }
        path.append(tag)
        guard case .string(let text) = value else { throw mistyped(value, "string") }
        guard let alternative = alternatives.first(where: { $0.tag == text }) else { throw noneOf(tags, text) }
        path.removeLast()
        try check(members, alternative.rules, tag: tag)
    }

    private func admit(unknown name: String, _ rules: JSONSchema.ObjectRules, _ tag: String?) throws(Fault) {
        let isRefused =
            switch (mode, rules.openness) {
            case (.strict, .closed), (.exact, .closed), (.exact, .growing): true
            case (.strict, .growing), (.strict, .open), (.exact, .open), (.ignoringUnknown, _): false
            }
        let known = rules.members.map(\.name) + (tag.map { [$0] } ?? [])
        let nearest: String?
        if isRefused {
            nearest = NearestNames(among: known).nearest(to: name).first
        } else if rules.openness == .closed, let other = known.first(where: { $0.lowercased() == name.lowercased() }) {
            nearest = other
        } else {
            return
        }
        throw broken(
            "additionalProperties",
            "is not known here",
            at: name,
            expected: nearest ?? known.joined(separator: ", "),
            got: name.excerpt,
            hint: nearest.map { "Did you mean '\($0)'?" }
        )
    }
}
