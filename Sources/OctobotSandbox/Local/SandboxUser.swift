import Foundation

/// Whom the sandboxes of a root daemon belong to (decision 69).
///
/// With `--uid` alone a sandbox keeps the host's uid 0 for file permissions, so bubblewrap is never started as root.
struct SandboxUser: Sendable, Equatable {
    var uid: uid_t
    var gid: gid_t

    /// The user whose sandboxes a root daemon starts: the system user `octobot`, else one without a name.
    ///
    /// `nil` when the daemon is not root: its sandboxes are its own user's.
    static var ofRootDaemon: SandboxUser? {
        guard geteuid() == 0 else { return nil }
        guard let entry = getpwnam("octobot"), entry.pointee.pw_uid != 0 else {
            return SandboxUser(uid: 64_250, gid: 64_250)
        }
        return SandboxUser(uid: entry.pointee.pw_uid, gid: entry.pointee.pw_gid)
    }
}
