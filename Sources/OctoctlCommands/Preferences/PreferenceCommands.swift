import ArgumentParser
import OctobotModel

/// `octoctl preference`.
struct PreferenceCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preference",
        abstract: "Your settings, as clients store them.",
        subcommands: [
            PreferenceList.self, PreferenceGet.self, PreferenceSet.self, PreferenceSetAll.self, PreferenceDelete.self,
        ]
    )
}

extension Preference: Tabular, Describable {
    static let columns = ["KEY", "UPDATED", "VALUE"]
    var cells: [String] { [key, updatedAt.short, value] }
    var fields: [Field] {
        [Field("key", key), Field("value", value), Field("updated", updatedAt.short)].compactMap { $0 }
    }
}
