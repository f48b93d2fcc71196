import OctobotModel

/// The body of every answer that is no success (rest-api.md §1.7; decision 46).
enum RESTError: ComponentDescribing {
    static let schemaName = "Error"
    static let definition = JSONSchema.record(
        .required("error", .string, "What happened, for people; `conflict` where a file changed meanwhile."),
        .required("code", .enumeration(of: FaultKind.self), "Which failure it is, for programs."),
        .required("requestId", .string, "Names the request in the daemon’s log."),
        .optional("details", .open(), "Facts for programs, `reason` among them."),
        .optional("hint", .string, "What to do about it."),
        .optional("message", .string, "What happened, where `error` is `conflict`."),
        .optional("currentContent", .string, "What the file has now, where `error` is `conflict`."),
        description: "What went wrong."
    )
}
