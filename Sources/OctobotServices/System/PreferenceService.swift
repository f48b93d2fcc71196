package import OctobotAPI
package import OctobotModel
import OctobotStore

/// The settings of a user (`preference.*`).
package struct PreferenceService: Sendable {
    private let ledger: Ledger

    package init(ledger: Ledger) { self.ledger = ledger }

    /// `preference.list`, by key.
    package func list(_ params: ListPreferences.Params, _ call: Call) async throws(Fault) -> Page<Preference> {
        let user = call.principal.userID
        return Page(items: try await ledger.read { try $0.preferences(of: user) })
    }

    /// `preference.get`.
    package func get(_ params: GetPreference.Params, _ call: Call) async throws(Fault) -> Preference {
        let user = call.principal.userID
        guard let preference = try await ledger.read({ try $0.preference(params.key, of: user) }) else {
            throw .notFound("preference", params.key)
        }
        return preference
    }

    /// `preference.set`.
    package func set(_ params: SetPreference.Params, _ call: Call) async throws(Fault) -> Preference {
        let user = call.principal.userID
        return try await ledger.write { transaction, _ in
            try transaction.setPreference(params.key, to: params.value, of: user, at: .now)
        }
    }

    /// `preference.setAll`: all or none.
    package func setAll(_ params: SetPreferences.Params, _ call: Call) async throws(Fault) -> Page<Preference> {
        let user = call.principal.userID
        return try await ledger.write { transaction, _ in
            let now = Timestamp.now
            return Page(
                items: try params.preferences.sorted { $0.key < $1.key }.map { key, value in
                    try transaction.setPreference(key, to: value, of: user, at: now)
                }
            )
        }
    }

    /// `preference.delete`.
    package func delete(_ params: DeletePreference.Params, _ call: Call) async throws(Fault) -> Empty {
        let user = call.principal.userID
        guard try await ledger.write({ transaction, _ in try transaction.deletePreference(params.key, of: user) })
        else {
            throw .notFound("preference", params.key)
        }
        return Empty()
    }
}
