import Foundation

/// Commits as one mailbox, as `git format-patch --stdout --binary --full-index` writes it.
package struct PatchSeries: Sendable, Equatable {
    package let mailbox: [UInt8]
    /// How many commits the sender says there are.
    package let count: Int

    /// The most bytes a series may have.
    package static let maximumSize = 50 << 20
    /// The most commits a series may have.
    package static let maximumCount = 1000

    /// - Throws: ``GitError/patchRefused(_:)`` for one that is too large.
    package init(mailbox: [UInt8], count: Int) throws(GitError) {
        guard mailbox.count <= Self.maximumSize else {
            throw .patchRefused(
                "The patches have \(mailbox.count >> 20) MiB; at most \(Self.maximumSize >> 20) are taken."
            )
        }
        guard count > 0, count <= Self.maximumCount else {
            throw .patchRefused("There are \(count) commits; 1 to \(Self.maximumCount) are taken at once.")
        }
        self.mailbox = mailbox
        self.count = count
    }
}

/// What `git mailinfo` tells of one mail.
struct MailInfo {
    var author: String
    var email: String
    var date: String
    var subject: String

    init(_ output: GitOutput) {
        var fields: [Substring: String] = [:]
        for line in String(decoding: output.bytes, as: UTF8.self).split(separator: "\n") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            fields[line[..<colon]] = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
        }
        author = fields["Author"] ?? ""
        email = fields["Email"] ?? ""
        date = fields["Date"] ?? ""
        subject = fields["Subject"] ?? ""
    }

    /// As author of a commit; an empty name is not allowed in one.
    var variables: [String: String] {
        var variables = [
            "GIT_AUTHOR_NAME": author.isEmpty ? GitIdentity.fallback.name : author,
            "GIT_AUTHOR_EMAIL": email.isEmpty ? GitIdentity.fallback.email : email,
        ]
        if !date.isEmpty { variables["GIT_AUTHOR_DATE"] = date }
        return variables
    }
}
