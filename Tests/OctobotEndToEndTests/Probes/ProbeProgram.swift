/// The Python programs that probes are made of.
enum ProbeProgram {
    /// Runs the probes it is given, each in a process of its own, and prints how each ended, as JSON by name.
    ///
    /// A probe is the body of a function. It got out (`in`) when it returns something true; it was `refused` when it
    /// returns something false or an operation of it failed; what the kernel does not have is `absent`; anything else is
    /// `broken`. `@JOB@` stands for `{"isControl", "facts", "probes": [[name, body]]}`.
    static let runner = #"""
        import ctypes, errno, fcntl, glob, json, os, platform, re, signal, socket, stat, struct, subprocess, sys, tempfile

        JOB = json.loads(r'''@JOB@''')
        F = JOB["facts"]
        libc = ctypes.CDLL(None, use_errno=True)
        CAN = (0, 0x80000000)
        x86 = platform.machine() == "x86_64"
        N = dict(
            reboot=169 if x86 else 142, init_module=175 if x86 else 105, delete_module=176 if x86 else 106,
            kexec_load=246 if x86 else 104, kexec_file_load=320 if x86 else 294, bpf=321 if x86 else 280,
            perf_event_open=298 if x86 else 241, keyctl=250 if x86 else 219, open_by_handle_at=304 if x86 else 265,
            pivot_root=155 if x86 else 41, iopl=172 if x86 else 9999, fsopen=430, open_tree=428, pidfd_open=434,
            pidfd_getfd=438, clone3=435, io_uring_setup=425, socket=41 if x86 else 198, mount_setattr=442, landlock=444)
        NEW = dict(user=0x10000000, mount=0x20000, net=0x40000000, pid=0x20000000, ipc=0x8000000, uts=0x4000000,
                   cgroup=0x2000000, time=0x80)

        def done(result):
            if result == -1:
                code = ctypes.get_errno()
                raise OSError(code, os.strerror(code))
            return result

        def c(name, *arguments):
            return done(getattr(libc, name)(*arguments))

        def system(name, *arguments):
            return done(libc.syscall(ctypes.c_long(N[name]), *arguments))

        def allowed(call, *arguments):
            """Whether it got beyond the check of rights: it failed for its nonsensical arguments alone, or worked."""
            try:
                call(*arguments)
            except OSError as error:
                if error.errno in (errno.EPERM, errno.EACCES, errno.EROFS, errno.ENOSYS):
                    raise
            return True

        def can_open(path, flags=os.O_RDONLY):
            os.close(os.open(path, flags | os.O_NONBLOCK))
            return True

        def can_connect(address, family=socket.AF_INET):
            with socket.socket(family, socket.SOCK_STREAM) as s:
                s.settimeout(2)
                s.connect(address)
            return True

        def any_of(call, items):
            last = None
            for item in items:
                try:
                    if call(item):
                        return True
                except OSError as error:
                    last = error
            if last:
                raise last
            return False

        def rewrite(path):
            with open(path) as f:
                text = f.read()
            with open(path, "w") as f:
                f.write(text)
            return True

        def existing(paths):
            """Those there are; nothing is proved where the kernel has none of them."""
            found = [p for p in paths if os.path.exists(p)]
            if not found:
                raise OSError(errno.ENOSYS, "none of them exists")
            return found

        def needs(capability):
            """Says that nothing is proved on a host that lacks a capability itself."""
            if JOB["isControl"] and not int(status("CapEff"), 16) >> capability & 1:
                raise OSError(errno.ENOSYS, "the host lacks it")

        def pids():
            return [int(p) for p in os.listdir("/proc") if p.isdigit()]

        def named(name):
            found = []
            for pid in pids():
                try:
                    with open(f"/proc/{pid}/comm") as f:
                        if f.read().strip() == name:
                            found.append(pid)
                except OSError:
                    pass
            return found

        def victims():
            """The sandbox's own service; on the host a process that is there to be attacked."""
            found = named(F["victim"] if JOB["isControl"] else "octobot-agent")
            if not found:
                raise RuntimeError("nobody to attack")
            return found

        def status(field):
            with open("/proc/self/status") as f:
                return next(line.split()[1] for line in f if line.startswith(field + ":"))

        def device(kind, major, minor):
            path = os.path.join(tempfile.mkdtemp(), "device")
            os.mknod(path, kind | 0o600, os.makedev(major, minor))
            return path

        def groups():
            """Folders of control groups that can be found."""
            with open("/proc/self/mounts") as f:
                return [line.split()[1] for line in f if line.split()[2] in ("cgroup", "cgroup2")] + ["/sys/fs/cgroup"]

        def alone():
            # On the host: mounts, host name and terminal of its own, so that nothing is changed outside.
            c("unshare", NEW["mount"] | NEW["uts"])
            c("mount", b"none", b"/", None, 0x4000 | 0x40000, None)
            os.setsid()
            _, terminal = os.openpty()
            fcntl.ioctl(terminal, 0x540E, 0)

        def run(name, body, report):
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.alarm(20)
            try:
                if JOB["isControl"]:
                    alone()
                scope = dict(globals())
                exec("def probe():\n" + "\n".join("    " + line for line in body.split("\n")), scope)
                said = "in" if scope["probe"]() else "refused"
            except OSError as error:
                code = errno.errorcode.get(error.errno, str(error))
                said = "absent" if error.errno == errno.ENOSYS else "refused " + code
            except BaseException as error:
                said = f"broken {error!r}"
            os.write(report, said.encode())
            os._exit(0)

        def answer(read):
            said = b""
            while part := os.read(read, 4096):
                said += part
            os.close(read)
            return said.decode() or "refused by death"

        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        results, waiting = {}, []
        for name, body in JOB["probes"]:
            read, write = os.pipe()
            if os.fork() == 0:
                os.close(read)
                run(name, body, write)
            os.close(write)
            waiting.append((name, read))
            if len(waiting) >= 12:
                first, read = waiting.pop(0)
                results[first] = answer(read)
        for name, read in waiting:
            results[name] = answer(read)
        print(json.dumps(results))
        """#

    /// On the host: things to be got at, described on descriptor 4, there until descriptor 3 ends.
    ///
    /// Its first argument is a folder it may use.
    static let host = #"""
        import ctypes, json, os, socket, sys, threading
        folder = sys.argv[1]
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(15, b"octobot-victim", 0, 0, 0)
        os.environ["VICTIM"] = "needle"

        def greet(listener):
            while True:
                connection, _ = listener.accept()
                connection.close()

        tcp = socket.create_server(("127.0.0.1", 0))
        engine = socket.socket(socket.AF_UNIX)
        engine.bind(folder + "/engine.sock")
        engine.listen()
        abstract = socket.socket(socket.AF_UNIX)
        name = f"octobot-probe-{os.getpid()}"
        abstract.bind("\0" + name)
        abstract.listen()
        for listener in (tcp, abstract, engine):
            threading.Thread(target=greet, args=(listener,), daemon=True).start()
        shared = libc.shmget(0, 4096, 0o1666)
        facts = dict(victim="octobot-victim", hostPid=os.getpid(), loopbackPort=tcp.getsockname()[1], abstract=name,
                     sharedMemory=shared, engineSocket=folder + "/engine.sock")
        os.write(4, json.dumps(facts).encode())
        os.close(4)
        while os.read(3, 1):
            pass
        libc.shmctl(shared, 0, None)
        """#

    /// Becomes a program that, as in a login, has a session keyring; the number of a key in it goes to a file.
    static let keyring = #"""
        import ctypes, platform, os, sys
        libc = ctypes.CDLL(None, use_errno=True)
        x86 = platform.machine() == "x86_64"
        keyctl, add_key = (250, 248) if x86 else (219, 217)
        libc.syscall(keyctl, 1, None)
        key = libc.syscall(add_key, b"user", b"octobot-probe", b"needle", 6, -3)
        libc.syscall(keyctl, 5, key, 0x3f3f0000)
        with open(sys.argv[1], "w") as f:
            f.write(str(key))
        os.execv(sys.argv[2], sys.argv[2:])
        """#
}
