import JSONText
import OctobotAPI
import OctobotModel
import Testing

/// JSONSchema as JSON Schema 2020-12.
@Suite("Schema documents")
struct SchemaDocumentTests {
    @Test("each kind has its keywords")
    func keywords() {
        #expect(JSONSchema.any.document == [:])
        #expect(JSONSchema.boolean.document == ["type": "boolean"])
        #expect(JSONSchema.number.document == ["type": "number"])
        #expect(JSONSchema.integer(1...5).document == ["type": "integer", "minimum": 1, "maximum": 5])
        #expect(JSONSchema.string.document == ["type": "string"])
        #expect(JSONSchema.string(1...9).document == ["type": "string", "minLength": 1, "maxLength": 9])
        #expect(JSONSchema.timestamp.document == ["type": "string", "format": "date-time"])
        #expect(
            JSONSchema.enumeration(of: Reasoning.self).document == ["type": "string", "enum": ["enabled", "disabled"]]
        )
        #expect(JSONSchema(.constant("ok")).document == ["type": "string", "const": "ok"])
        #expect(
            JSONSchema.array(of: .boolean, count: 1...2).document
                == ["type": "array", "items": ["type": "boolean"], "minItems": 1, "maxItems": 2]
        )
        #expect(
            JSONSchema.map(to: .boolean).document == ["type": "object", "additionalProperties": ["type": "boolean"]]
        )
        #expect(JSONSchema.nullable(.boolean).document == ["oneOf": [["type": "boolean"], ["type": "null"]]])
        #expect(JSONSchema.reference(to: Agent.self).document == ["$ref": "#/components/schemas/Agent"])
        #expect(
            JSONSchema.bytes(1...4).document
                == ["type": "string", "minLength": 1, "maxLength": 4, "$comment": "At most 4 bytes in UTF-8."]
        )
    }

    @Test("objects say what they need and whether they are closed")
    func objects() {
        let members: [JSONSchema.Member] = [.required("a", .boolean, "A."), .optional("b", .any, "B.")]
        let properties: JSONValue = ["a": ["type": "boolean", "description": "A."], "b": ["description": "B."]]
        #expect(
            JSONSchema.parameters(members[0], members[1], exactlyOne: [["a", "b"]]).document == [
                "type": "object", "properties": properties, "required": ["a"], "additionalProperties": false,
                "oneOf": [["required": ["a"]], ["required": ["b"]]],
            ]
        )
        #expect(
            JSONSchema.record(members[0], members[1]).document
                == ["type": "object", "properties": properties, "required": ["a"]]
        )
    }

    @Test("tagged shapes carry their tag as a required constant")
    func tagged() {
        let document = JSONSchema.tagged(
            by: "type",
            .parameters("now"),
            .parameters("at", .required("n", .number, "N."))
        )
        .document
        #expect(
            document["oneOf"]?[1] == [
                "type": "object", "additionalProperties": false, "required": ["type", "n"],
                "properties": ["type": ["const": "at"], "n": ["type": "number", "description": "N."]],
            ]
        )
    }

    @Test("description and default stand beside a reference")
    func annotations() {
        let schema = JSONSchema.reference(to: StartPosition.self).defaulting(to: ["type": "now"]).described("Where.")
        #expect(
            schema.document == [
                "$ref": "#/components/schemas/StartPosition", "default": ["type": "now"], "description": "Where.",
            ]
        )
    }

    @Test("components are found at any depth, once")
    func components() {
        let names = JSONSchema.array(of: .reference(to: Page<Workspace>.self)).components.map { $0.schemaName }
        #expect(names == ["Session", "StateCause", "Workspace", "WorkspacePage"])
    }
}
