import Foundation

/// The identifier of one `Entity`; a plain string on every wire.
package struct Identifier<Entity>: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible,
    ExpressibleByStringLiteral
{
    package var rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
    package init(_ rawValue: String) { self.rawValue = rawValue }
    package init(stringLiteral value: String) { self.rawValue = value }

    /// A new random identifier: UUID version 4, lower case.
    package static func random() -> Self { Self(UUID().uuidString.lowercased()) }

    package var description: String { rawValue }

    package init(from decoder: any Decoder) throws {
        rawValue = try decoder.singleValueContainer().decode(String.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}

package typealias UserID = Identifier<User>
package typealias ProjectID = Identifier<Project>
package typealias WorkspaceID = Identifier<Workspace>
package typealias AgentID = Identifier<Agent>
package typealias SessionID = Identifier<Session>
package typealias TurnID = Identifier<Turn>
package typealias ApprovalID = Identifier<Approval>
package typealias ApprovalRuleID = Identifier<ApprovalRule>
package typealias JobID = Identifier<Job>
package typealias EventID = Identifier<Event>

extension ProjectID {
    /// The seeded project, used when a call names none.
    package static var local: ProjectID { "local" }
}

extension UserID {
    /// The seeded user every caller is while login is off.
    package static var anonymous: UserID { "00000000-0000-0000-0000-000000000001" }
}

extension SessionID {
    /// Whether a client may choose this identifier: 1 to 65 letters, digits and hyphens, the first no hyphen.
    package var isValid: Bool {
        rawValue.wholeMatch(of: /[0-9A-Za-z][0-9A-Za-z-]{0,64}/) != nil
    }
}
