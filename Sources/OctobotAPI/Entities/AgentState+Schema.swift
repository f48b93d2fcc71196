package import OctobotModel

extension AgentState: ComponentDescribing {
    package static let schemaName = "AgentState"
    package static let definition = JSONSchema.record(
        .optional("installed", .boolean, "Whether a new sandbox has its program; absent when that is not known."),
        .required("credential", .enumeration(of: CredentialPresence.self), "Whether there is a credential it reads."),
        .required("advice", .array(of: .string), "What to do so that it can work."),
        .optional("profile", .reference(to: AgentProfile.self), "What it said when it last ran; absent before."),
        description: "Whether an agent can work, and what it told about itself."
    )

    /// What the documents show.
    package static let example = AgentState(installed: true, credential: .unknown, profile: .example)
}

extension AgentProfile: ComponentDescribing {
    package static let schemaName = "AgentProfile"
    package static let definition = JSONSchema.record(
        .optional("name", .string, "A name for people."),
        .optional("version", .string, "The version of its program."),
        .required("capabilities", .array(of: .string), "What it can do, such as `image` or `resume`."),
        .required(
            "modes",
            .array(
                of: .record(
                    .required("id", .string, "What an agent’s `mode` takes."),
                    .required("name", .string, "A name for people.")
                )
            ),
            "The modes its sessions can be put in."
        ),
        .required("models", .array(of: .reference(to: AgentModel.self)), "The models it offers."),
        .required("commands", .array(of: .string), "Its slash commands."),
        .required("toldAt", .timestamp, "When it said so."),
        description: "What a running agent said about itself."
    )

    /// What the documents show.
    package static let example = AgentProfile(
        name: "My Agent",
        version: "1.2.3",
        capabilities: ["image", "resume"],
        modes: [Mode(id: "plan", name: "Plan")],
        models: [.example],
        commands: ["review"],
        toldAt: .example
    )
}
