/// The names of ACP version 1 (acp.md §3).
package enum ACPMethod {
    package static let initialize = "initialize"
    package static let authenticate = "authenticate"
    package static let newSession = "session/new"
    package static let loadSession = "session/load"
    package static let resumeSession = "session/resume"
    package static let prompt = "session/prompt"
    package static let cancel = "session/cancel"
    package static let setMode = "session/set_mode"
    package static let setConfigOption = "session/set_config_option"
    /// Removed from the schema in 2026, still spoken by agents.
    package static let setModel = "session/set_model"
    package static let update = "session/update"
    package static let requestPermission = "session/request_permission"
    package static let elicit = "elicitation/create"
    package static let cancelRequest = "$/cancel_request"
}
