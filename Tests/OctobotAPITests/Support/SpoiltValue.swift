import JSONText
import OctobotAPI

/// A value that breaks its schema in one place, and where.
struct SpoiltValue {
    var value: JSONValue
    var pointer: String
    var rule: String
}

extension JSONSchema {
    /// A value that fits, with every member an object may have unless they exclude each other.
    var sample: JSONValue {
        switch kind {
        case .any: "anything"
        case .boolean: true
        case .integer(let range): .integer(range.lowerBound)
        case .number: 1.5
        case .string(let rules):
            rules.format == .dateTime
                ? "2026-01-02T03:04:05.678Z"
                : rules.format == .uri
                    ? "http://localhost:1" : .string(String(repeating: "a", count: max(rules.length.lowerBound, 1)))
        case .enumeration(let names): .string(names[0])
        case .constant(let text): .string(text)
        case .array(let element, let count):
            .array(Array(repeating: element.sample, count: max(count.lowerBound, min(1, count.upperBound))))
        case .map(let value, _): .object(["a": value.sample])
        case .object(let rules): .object(rules.sample)
        case .oneOf(let schemas): schemas[0].sample
        case .tagged(let tag, let alternatives):
            .object(alternatives[0].rules.sample.merging([tag: .string(alternatives[0].tag)]) { $1 })
        case .nullable(let inner): inner.sample
        case .extended(let base, let member):
            .object((base.sample.objectValue ?? [:]).merging([member.name: member.schema.sample]) { $1 })
        case .component(let component): component.definition.sample
        }
    }

    /// Every way one place of a fitting value can be spoilt.
    var spoilt: [SpoiltValue] { mistyped + wrong }

    private var mistyped: [SpoiltValue] {
        let values: [JSONValue] = [.null, true, 7, 1.5, "text", [], [:]]
        return values.filter { !fits(typeOf: $0) }.map { SpoiltValue(value: $0, pointer: "", rule: typeRule) }
    }

    private var typeRule: String {
        switch kind {
        case .constant: "const"
        case .component(let component): component.definition.typeRule
        case .nullable(let inner): inner.typeRule
        default: "type"
        }
    }

    private func fits(typeOf value: JSONValue) -> Bool {
        switch (kind, value) {
        case (.any, _), (.boolean, .bool), (.integer, .integer), (.number, .integer), (.number, .number),
            (.string, .string), (.enumeration, .string), (.constant, .string), (.array, .array), (.map, .object),
            (.object, .object), (.tagged, .object), (.extended, .object), (.nullable, .null):
            true
        case (.nullable(let inner), _): inner.fits(typeOf: value)
        case (.oneOf(let schemas), _): schemas.contains { $0.fits(typeOf: value) }
        case (.component(let component), _): component.definition.fits(typeOf: value)
        default: false
        }
    }

    /// Values of the right type that break another rule, here or below.
    private var wrong: [SpoiltValue] {
        switch kind {
        case .any, .boolean, .number: return []
        case .integer(let range):
            return [
                SpoiltValue(value: .integer(range.lowerBound - 1), pointer: "", rule: "minimum"),
                SpoiltValue(value: .integer(range.upperBound + 1), pointer: "", rule: "maximum"),
            ]
        case .string(let rules): return rules.spoilt
        case .enumeration: return [SpoiltValue(value: "no such name", pointer: "", rule: "enum")]
        case .constant: return [SpoiltValue(value: "another", pointer: "", rule: "const")]
        case .array(let element, let count): return Self.spoiltArrays(element, count)
        case .map(let value, let names):
            return value.spoilt.map { $0.below("a", in: [:]) }
                + names.spoilt.compactMap { name in
                    guard case .string(let text) = name.value else { return nil }
                    let pointer = "/" + (text.utf8.count <= 100 ? text : text.prefix(100) + "…")
                    return SpoiltValue(value: .object([text: value.sample]), pointer: pointer, rule: "propertyNames")
                }
        case .object(let rules): return rules.spoilt(tag: nil)
        case .oneOf(let schemas): return schemas.flatMap(\.wrong)
        case .tagged(let tag, let alternatives):
            return alternatives.flatMap { $0.rules.spoilt(tag: (tag, $0.tag)) } + [
                SpoiltValue(value: [:], pointer: "/\(tag)", rule: "required"),
                SpoiltValue(value: .object([tag: "no such shape"]), pointer: "/\(tag)", rule: "enum"),
                SpoiltValue(value: .object([tag: 1]), pointer: "/\(tag)", rule: "type"),
            ]
        case .nullable(let inner): return inner.wrong
        case .extended(let base, let member):
            return base.wrong + member.schema.spoilt.map { $0.below(member.name, in: base.sample.objectValue ?? [:]) }
        case .component(let component): return component.definition.wrong
        }
    }

    private static func spoiltArrays(_ element: JSONSchema, _ count: ClosedRange<Int>) -> [SpoiltValue] {
        var cases: [SpoiltValue] = []
        if count.lowerBound > 0 {
            let few = JSONValue.array(Array(repeating: element.sample, count: count.lowerBound - 1))
            cases.append(SpoiltValue(value: few, pointer: "", rule: "minItems"))
        }
        if count.upperBound < 100_000 {
            let many = JSONValue.array(Array(repeating: element.sample, count: count.upperBound + 1))
            cases.append(SpoiltValue(value: many, pointer: "", rule: "maxItems"))
        }
        guard count.upperBound > 0 else { return cases }
        return cases + element.spoilt.map { SpoiltValue(value: [$0.value], pointer: "/0" + $0.pointer, rule: $0.rule) }
    }
}

extension SpoiltValue {
    /// This value as the member `name` of an object.
    func below(_ name: String, in members: [String: JSONValue]) -> SpoiltValue {
        SpoiltValue(
            value: .object(members.merging([name: value]) { $1 }),
            pointer: "/\(name)" + pointer,
            rule: rule
        )
    }
}

extension JSONSchema.StringRules {
    fileprivate var spoilt: [SpoiltValue] {
        var cases: [SpoiltValue] = []
        if length.lowerBound > 0 { cases.append(SpoiltValue(value: "", pointer: "", rule: "minLength")) }
        let longest = min(length.upperBound, maximumBytes ?? .max)
        if longest < 1 << 21 {
            let long = JSONValue.string(String(repeating: "a", count: longest + 1))
            cases.append(SpoiltValue(value: long, pointer: "", rule: "maxLength"))
        }
        if pattern != nil { cases.append(SpoiltValue(value: "-/ä", pointer: "", rule: "pattern")) }
        if format != nil { cases.append(SpoiltValue(value: "nothing of the kind", pointer: "", rule: "format")) }
        return cases
    }
}

extension JSONSchema.ObjectRules {
    /// Of members that exclude each other, the first of each set.
    fileprivate var sample: [String: JSONValue] {
        let left = Set(exactlyOne.flatMap { $0.dropFirst() })
        return Dictionary(members.filter { !left.contains($0.name) }.map { ($0.name, $0.schema.sample) }) { $1 }
    }

    fileprivate func spoilt(tag: (name: String, value: String)?) -> [SpoiltValue] {
        var base = sample
        if let tag { base[tag.name] = .string(tag.value) }
        var cases: [SpoiltValue] = []
        for member in members {
            if member.isRequired {
                var rest = base
                rest[member.name] = nil
                cases.append(SpoiltValue(value: .object(rest), pointer: "/\(member.name)", rule: "required"))
            }
            cases += member.schema.spoilt.map { $0.below(member.name, in: base) }
        }
        for names in exactlyOne {
            let none = base.filter { !names.contains($0.key) }
            cases.append(SpoiltValue(value: .object(none), pointer: "/\(names[0])", rule: "required"))
            let all = members.filter { names.contains($0.name) }.map { ($0.name, $0.schema.sample) }
            cases.append(
                SpoiltValue(
                    value: .object(base.merging(all) { $1 }),
                    pointer: "/\(names[names.count - 1])",
                    rule: "oneOf"
                )
            )
        }
        if openness == .closed {
            let more = base.merging(["noSuchMember": 1]) { $1 }
            cases.append(SpoiltValue(value: .object(more), pointer: "/noSuchMember", rule: "additionalProperties"))
        }
        return cases
    }
}
