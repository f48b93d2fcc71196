package import JSONText
package import OctobotModel

extension JSONSchema {
    /// What members mean that no declaration knows.
    package enum Mode: Sendable {
        /// Params on the socket: unknown members are refused where they are mistakes.
        case strict
        /// Params over HTTP: unknown members are not looked at, unless they differ from a known one in letter case only
        /// (decision 47).
        case ignoringUnknown
        /// What the daemon itself sends: a member that is not declared is a mistake in the declaration.
        case exact
    }

    /// Checks a value against this schema.
    ///
    /// - Throws: `InvalidParams` naming the place (JSON Pointer, RFC 6901), the rule (a keyword of JSON Schema 2020-12),
    ///   what was expected and what was there.
    package func validate(_ value: JSONValue, mode: Mode) throws(Fault) {
        var validator = SchemaValidator(mode: mode)
        try validator.check(value, self)
    }
}
