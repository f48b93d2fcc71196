extension Probe {
    // MARK: Processes

    static let processes = [
        Probe("have a capability", #"return int(status("CapEff"), 16) != 0 or int(status("CapPrm"), 16) != 0"#),
        Probe("get a capability back", #"return int(status("CapBnd"), 16) != 0 or int(status("CapInh"), 16) != 0"#),
        Probe("gain privileges by running a program", #"return status("NoNewPrivs") == "0""#),
        Probe(
            "become root by a program that is root's",
            #"""
            try: os.setuid(65534)
            except OSError: pass
            run = subprocess.run([F["setuid"], "-u"], stdin=subprocess.DEVNULL, capture_output=True)
            return os.geteuid() != 0 and run.stdout.strip() == b"0"
            """#,
            isOfUser: true
        ),
        Probe("become root", #"return c("setuid", 0) == 0 and os.geteuid() == 0"#, isOfUser: true),
        Probe("become somebody else", #"return c("setuid", 4242) == 0"#),
        Probe("change its groups", #"return os.setgroups([0, 4242]) is None"#),
        Probe(
            "run before everything else",
            #"return os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)) is None"#
        ),
        Probe("run before others", #"return os.nice(-5) is not None"#),
        Probe(
            "lift a limit of its own",
            #"""
            import resource
            needs(24)
            resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
            try: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 65))
            except ValueError: return False
            return True
            """#
        ),
        Probe(
            "be spared when memory is short",
            #"""
            needs(24)
            with open("/proc/self/oom_score_adj", "w") as f: f.write("-1000")
            return True
            """#
        ),
        Probe("signal a process of the host", #"return os.kill(F["hostPid"], 0) is None"#),
        Probe(
            "see a process of the host",
            #"return bool(named(F["victim"]) or named("octobotd") or named("dockerd"))"#
        ),
        Probe(
            "look through a process of the host",
            #"return any_of(lambda n: can_open(f"/proc/{F['hostPid']}/{n}"), ["environ", "mem", "root/etc/passwd"])"#
        ),
        Probe(
            "trace the sandbox's service",
            #"return any_of(lambda p: c("ptrace", 0x4206, p, None, None) == 0, victims())"#
        ),
        Probe(
            "read the memory of the sandbox's service",
            #"return any_of(lambda p: can_open(f"/proc/{p}/mem", os.O_RDWR), victims())"#
        ),
        Probe(
            "read the environment of the sandbox's service",
            #"return any_of(lambda p: len(open(f"/proc/{p}/environ", "rb").read()) > 0, victims())"#
        ),
        Probe(
            "take a descriptor of the sandbox's service",
            #"return any_of(lambda p: system("pidfd_getfd", system("pidfd_open", p, 0), 0, 0) >= 0, victims())"#
        ),
        Probe(
            "attach shared memory of the host",
            #"""
            libc.shmat.restype = ctypes.c_long
            return done(libc.shmat(F["sharedMemory"], None, 0o10000)) != 0
            """#
        ),
    ]

    // MARK: Sockets

    static let sockets = [
        Probe("a raw socket", #"return socket.socket(socket.AF_INET, socket.SOCK_RAW, 1) is not None"#),
        Probe("a packet socket", #"return socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0x300) is not None"#),
        Probe(
            "configure the network",
            #"""
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            flags = fcntl.ioctl(s, 0x8913, struct.pack("16sH22x", b"lo", 0))
            return fcntl.ioctl(s, 0x8914, flags) is not None
            """#
        ),
        Probe("an abstract socket of the host", #"return can_connect("\0" + F["abstract"], socket.AF_UNIX)"#),
        Probe(
            "a port on the host's loopback",
            #"return any_of(lambda a: can_connect((a, F["loopbackPort"])), F["addresses"])"#
        ),
        Probe(
            "octobotd's HTTP port",
            #"return any_of(lambda a: can_connect((a, F["gatewayPort"])), F["addresses"])"#
        ),
        Probe(
            "octobotd's HTTP port by version 6",
            #"""
            if JOB["isControl"]: return can_connect(("::ffff:127.0.0.1", F["gatewayPort"]), socket.AF_INET6)
            hosts = ["::1", "::ffff:127.0.0.1"]
            return any_of(lambda a: can_connect((a, F["gatewayPort"]), socket.AF_INET6), hosts)
            """#
        ),
        Probe("octobotd's socket", #"return can_connect(F["daemonSocket"], socket.AF_UNIX)"#),
        Probe(
            "octobotd's socket through any process's root",
            #"return any_of(lambda p: can_connect(f"/proc/{p}/root{F['daemonSocket']}", socket.AF_UNIX), [p for p in pids() if p != os.getpid()][:200])"#
        ),
        Probe(
            "the engine's socket",
            #"""
            places = [F["engineSocket"], "/var/run/docker.sock", "/run/docker.sock", "/run/containerd/containerd.sock"]
            return any_of(lambda p: can_connect(p, socket.AF_UNIX), places)
            """#
        ),
        Probe(
            "another sandbox's service",
            #"""
            if "neighbourSocket" in F: return can_connect(F["neighbourSocket"], socket.AF_UNIX)
            ways = [(F["neighbour"], 3002)] + [(a, F["neighbourPort"]) for a in F["addresses"]]
            return any_of(can_connect, ways)
            """#
        ),
    ]

    // MARK: Files

    static let files = [
        Probe("the user's folder", #"return can_open(F["userFile"])"#),
        Probe("the database", #"return can_open(F["database"])"#),
        Probe("the key file", #"return can_open(F["keyFile"])"#),
        Probe("another sandbox's home", #"return len(os.listdir(F["neighbourHome"])) >= 0"#),
        Probe(
            "anything of theirs anywhere",
            #"""
            names = {os.path.basename(F["userFile"]), F["neighbourFile"]}
            for root in F["roots"]:
                for folder, folders, files in os.walk(root):
                    if folder == "/": folders[:] = [f for f in folders if f not in ("proc", "sys")]
                    if names & set(files): return True
            return False
            """#
        ),
        Probe(
            "the host's files through any process",
            #"""
            def look(pid):
                path = F["userFile"]
                return any(os.path.exists(f"/proc/{pid}/{way}") for way in ("root" + path, "cwd/../../../../../.." + path))
            return any(look(p) for p in pids()[:300])
            """#
        ),
        Probe(
            "the host's files through an open descriptor",
            #"""
            if JOB["isControl"]: os.open("/", os.O_RDONLY)
            for way in glob.glob("/proc/[0-9]*/fd/*") + glob.glob("/proc/self/fd/*"):
                if os.path.exists(f"{way}/../../../../..{F['userFile']}"): return True
            return False
            """#
        ),
        Probe("the host's passwords", #"return can_open("/etc/shadow")"#, isOfUser: true),
        Probe("write into the mirror", #"return can_open(F["mirror"] + "/probe", os.O_WRONLY | os.O_CREAT)"#),
        Probe("write into the mirror's references", #"return can_open(F["mirror"] + "/HEAD", os.O_WRONLY)"#),
        Probe(
            "replace octobot-agent",
            #"""
            path = F["agentFolder"] + "/octobot-agent.probe"
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT))
            os.unlink(path)
            return True
            """#
        ),
        Probe("octobotd's secret in the environment", #"return "OCTOBOT_SECRET" in os.environ"#, isOfUser: true),
        Probe(
            "change the system",
            #"return os.access("/usr/bin", os.W_OK) and os.access("/etc/passwd", os.W_OK)"#,
            isOfUser: true
        ),
    ]
}
