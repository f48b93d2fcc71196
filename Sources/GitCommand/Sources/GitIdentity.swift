/// A name and an address in commits.
package struct GitIdentity: Sendable, Hashable, Codable {
    package var name: String
    package var email: String

    package init(name: String, email: String) {
        self.name = name
        self.email = email
    }

    /// Used where the user configured none.
    package static let fallback = GitIdentity(name: "Octobot", email: "octobot@localhost")

    /// As author and committer of the commits a run of git makes.
    package var variables: [String: String] {
        committerVariables.merging(["GIT_AUTHOR_NAME": name, "GIT_AUTHOR_EMAIL": email]) { $1 }
    }

    /// As committer only.
    var committerVariables: [String: String] {
        ["GIT_COMMITTER_NAME": name, "GIT_COMMITTER_EMAIL": email]
    }
}
