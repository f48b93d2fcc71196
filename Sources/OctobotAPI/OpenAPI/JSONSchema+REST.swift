import JSONText

/// How HTTP reads what the socket would refuse (rest-api.md §1.7; decision 47).
extension JSONSchema {
    /// The same schema without a rule against unknown members, at any depth but that of components.
    var ignoringUnknownMembers: JSONSchema {
        var copy = self
        switch kind {
        case .any, .boolean, .integer, .number, .string, .enumeration, .constant, .component: break
        case .array(let element, let count): copy.kind = .array(element.ignoringUnknownMembers, count: count)
        case .map(let value, let names): copy.kind = .map(value.ignoringUnknownMembers, names: names)
        case .object(let rules): copy.kind = .object(rules.ignoringUnknownMembers)
        case .oneOf(let schemas): copy.kind = .oneOf(schemas.map(\.ignoringUnknownMembers))
        case .tagged(let tag, let alternatives):
            copy.kind = .tagged(
                by: tag,
                alternatives.map { Alternative(tag: $0.tag, rules: $0.rules.ignoringUnknownMembers) }
            )
        case .nullable(let inner): copy.kind = .nullable(inner.ignoringUnknownMembers)
        case .extended(let base, let member): copy.kind = .extended(base.ignoringUnknownMembers, by: member)
        }
        return copy
    }

    /// The same schema, `null` allowed.
    var orNull: JSONSchema {
        switch kind {
        case .any, .nullable: return self
        default:
            var inner = self
            inner.description = nil
            return JSONSchema(.nullable(inner), description: description)
        }
    }

    /// The same schema, the empty string allowed.
    var orEmpty: JSONSchema {
        var copy = self
        switch kind {
        case .string(var rules):
            rules.length = 0...rules.length.upperBound
            copy.kind = .string(rules)
        case .enumeration(let names): copy.kind = .enumeration(names + [""])
        default: break
        }
        return copy
    }

    /// As text in a path or a query, where no NUL can stand.
    var asText: JSONSchema {
        var copy = self
        switch kind {
        case .string(var rules) where rules.pattern == nil:
            rules.pattern = StringPattern("^[^\\u0000]*$") { !$0.utf8.contains(0) }
            copy.kind = .string(rules)
        case .array(let element, let count):
            copy.kind = .array(element.asText, count: max(1, count.lowerBound)...count.upperBound)
        default: break
        }
        return copy
    }

    /// What the array member of this name has as elements.
    func element(of name: String) -> JSONSchema? { member(name)?.element }

    private func member(_ name: String) -> JSONSchema? {
        switch kind {
        case .object(let rules): rules.member(name)?.schema
        case .component(let component): component.definition.member(name)
        case .extended(let base, _): base.member(name)
        default: nil
        }
    }

    private var element: JSONSchema? {
        guard case .array(let element, _) = kind else { return nil }
        return element
    }

}

extension JSONSchema.ObjectRules {
    fileprivate var ignoringUnknownMembers: Self {
        var copy = self
        if openness == .closed { copy.openness = .growing }
        for index in copy.members.indices {
            copy.members[index].schema = copy.members[index].schema.ignoringUnknownMembers
        }
        return copy
    }
}
