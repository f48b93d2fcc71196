/// The command line that puts a program into a sandbox and lets go of it (decision 22).
///
/// `setsid --fork` makes the sandbox nobody's child, so that it outlives the daemon and is found again the same way
/// whether this daemon started it or an earlier one did. Descriptor 3 takes the reports of ``StatusReport``.
struct Launch: Sendable {
    /// The tools of the host it is made of.
    struct Tools: Sendable {
        var setsid: String
        var bubblewrap: String
        /// Only for a root daemon.
        var unshare: String?
        var setpriv: String?
        /// Absent: the number of processes is not limited.
        var prlimit: String?
        /// Absent: without control groups the sandbox is as important as the daemon.
        var nice: String?
    }

    /// Where a root daemon's private mount namespace shows the staged sources.
    private static let stageView = "/tmp"

    /// Puts itself into the control groups named first, their number before them.
    private static let joining = """
        groups=$1
        shift
        while [ "$groups" -gt 0 ]; do
            echo "$$" >"$1/cgroup.procs" || { echo "control group $1 cannot be joined"; exit 70; }
            shift
            groups=$((groups - 1))
        done
        """

    /// Reports its pid, then becomes the command.
    private static let plainScript = """
        umask 022
        printf '{"%s": %d}\\n' "$1" "$$" >&3
        shift
        \(joining)
        exec "$@"
        """

    /// The same in a mount namespace of its own, where sources are bound for a user who could not walk to them.
    private static let stagingScript = """
        umask 022
        printf '{"launcher-pid": %d}\\n' "$$" >&3
        \(joining)
        stage=$1 count=$2
        shift 2
        mount -t tmpfs -o mode=0755,nosuid,nodev,size=256k octobot "$stage" || exit 70
        i=0
        while [ "$i" -lt "$count" ]; do
            if [ -d "$1" ]; then mkdir "$stage/$i"; else : >"$stage/$i"; fi || exit 70
            mount --rbind "$1" "$stage/$i" || exit 70
            shift
            i=$((i + 1))
        done
        mount --rbind "$stage" \(stageView) || exit 70
        exec "$@"
        """

    /// A program in namespaces of its own.
    ///
    /// - Parameters:
    ///   - groups: Folders of control groups it is put into, from its first step on.
    ///   - limited: What stands before the program inside and limits it further.
    static func isolated(
        _ command: [String],
        plan: MountPlan,
        home: String,
        networkIsHost: Bool,
        user: SandboxUser?,
        stage: String,
        groups: [String],
        limited: [String],
        tools: Tools
    ) -> [String] {
        let joined = [String(groups.count)] + groups
        func bubblewrap(_ mounts: [String]) -> [String] {
            [tools.bubblewrap] + namespaces(networkIsHost: networkIsHost) + ["--json-status-fd", "3"] + mounts
                + ["--chdir", home, "--"] + limited + command
        }
        guard let user, let unshare = tools.unshare, let setpriv = tools.setpriv else {
            return [tools.setsid, "--fork", "/bin/sh", "-c", plainScript, "octobot", "launcher-pid"]
                + joined + bubblewrap(plan.arguments)
        }
        let (sources, mounts) = plan.staged(in: stageView)
        return [tools.setsid, "--fork", unshare, "--mount", "--propagation", "private"]
            + ["/bin/sh", "-c", stagingScript, "octobot"] + joined + [stage, String(sources.count)] + sources
            + dropping(to: user, setpriv) + bubblewrap(mounts)
    }

    /// A program with no isolation at all.
    static func open(_ command: [String], groups: [String], setsid: String) -> [String] {
        [setsid, "--fork", "/bin/sh", "-c", plainScript, "octobot", "child-pid", String(groups.count)] + groups
            + command
    }

    /// A trial whether sandboxes of this kind can be made at all.
    static func probe(networkIsHost: Bool, user: SandboxUser?, tools: Tools) -> [String] {
        var plan = MountPlan()
        plan.addSystem(networkIsHost: networkIsHost)
        let trial =
            [tools.bubblewrap] + namespaces(networkIsHost: networkIsHost) + plan.arguments + ["--", "/usr/bin/true"]
        guard let user, let unshare = tools.unshare, let setpriv = tools.setpriv else { return trial }
        return [unshare, "--mount", "--propagation", "private"] + dropping(to: user, setpriv) + trial
    }

    private static func namespaces(networkIsHost: Bool) -> [String] {
        ["--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
            + (networkIsHost ? [] : ["--unshare-net"])
            + ["--disable-userns", "--cap-drop", "ALL", "--uid", "1000", "--gid", "1000", "--hostname", "octobot"]
            + ["--new-session"]
    }

    private static func dropping(to user: SandboxUser, _ setpriv: String) -> [String] {
        [setpriv, "--reuid", String(user.uid), "--regid", String(user.gid), "--clear-groups", "--inh-caps=-all", "--"]
    }
}
