import CLinux
import Foundation

/// A program to start: no descriptor but its standard streams reaches it, no signal is ignored or blocked.
struct ProcessSpawn {
    /// The standard streams of the new process.
    enum Streams {
        /// Descriptors of ours for input, output and errors.
        case descriptors([CInt])
        /// The path of a terminal, which becomes its controlling one.
        case terminal(String)
    }

    /// The errno of the failure.
    struct Failure: Error, CustomStringConvertible {
        var code: CInt
        var description: String { errnoText(code) }
    }

    /// The path of the file to execute.
    var program: String
    /// What it is told in `argv`, its name first.
    var arguments: [String]
    var environment: [String: String]
    /// Where it starts; a relative `program` is looked up from there.
    var directory: String
    var streams: Streams
    /// Whether it leads a session of its own rather than a group; always for terminals.
    var leadsSession = false

    /// Starts it as a child of ours.
    func start() throws(Failure) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        let sources = try connect(&actions)
        defer { for source in sources { close(source) } }
        posix_spawn_file_actions_addclosefrom_np(&actions, 3)
        posix_spawn_file_actions_addchdir_np(&actions, directory)
        setAttributes(&attributes)
        var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in argv + variables { free(pointer) } }
        var pid: pid_t = 0
        let result = posix_spawn(&pid, program, &actions, &attributes, &argv, &variables)
        guard result == 0 else { throw Failure(code: result) }
        return pid
    }

    /// Adds the standard streams to the actions; the descriptors made for it are closed by the caller.
    private func connect(_ actions: inout posix_spawn_file_actions_t) throws(Failure) -> [CInt] {
        switch streams {
        case .descriptors(let streams):
            // The sources are moved above the targets first: a pipe may have got one of the numbers 0 to 2.
            let sources = streams.map { clinux_duplicate_above($0, 10) }
            guard sources.allSatisfy({ $0 >= 0 }) else {
                for source in sources where source >= 0 { close(source) }
                throw Failure(code: EMFILE)
            }
            for (target, source) in sources.enumerated() {
                posix_spawn_file_actions_adddup2(&actions, source, CInt(target))
            }
            return sources
        case .terminal(let path):
            // The session begins before the actions run, so the first terminal opened controls it (tty(4)).
            posix_spawn_file_actions_addopen(&actions, 0, path, O_RDWR, 0)
            posix_spawn_file_actions_adddup2(&actions, 0, 1)
            posix_spawn_file_actions_adddup2(&actions, 0, 2)
            return []
        }
    }

    private func setAttributes(_ attributes: inout posix_spawnattr_t) {
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        var flags = Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF)
        if leadsSession {
            flags |= clinux_posix_spawn_setsid()
        } else {
            posix_spawnattr_setpgroup(&attributes, 0)
            flags |= Int16(POSIX_SPAWN_SETPGROUP)
        }
        posix_spawnattr_setflags(&attributes, flags)
    }
}
