/// One attempt to get out of a sandbox.
struct Probe: Sendable {
    var name: String
    /// The body of a Python function with the means of ``ProbeProgram/runner``; `F` holds the facts of ``ProbeFacts``.
    var body: String
    /// Whether it is about what the sandbox's user may do; root in it may do it to what is the sandbox's own.
    var isOfUser = false

    init(_ name: String, _ body: String, isOfUser: Bool = false) {
        self.name = name
        self.body = body
        self.isOfUser = isOfUser
    }

    /// All of them.
    static let all = mounts + namespaces + devices + kernel + settings + processes + sockets + files

    // MARK: Mounts

    private static let mounts = [
        Probe(
            "mount a file system",
            #"return c("mount", b"none", tempfile.mkdtemp().encode(), b"tmpfs", 0, None) == 0"#
        ),
        Probe(
            "bind the root elsewhere",
            #"return c("mount", b"/", tempfile.mkdtemp().encode(), None, 0x1000, None) == 0"#
        ),
        Probe("make a mount writable", #"return c("mount", None, b"/", None, 0x1000 | 0x20, None) == 0"#),
        Probe("unmount what hides something", #"return c("umount2", b"/proc", 2) == 0"#),
        Probe(
            "mount proc once more",
            #"return c("mount", b"proc", tempfile.mkdtemp().encode(), b"proc", 0, None) == 0"#
        ),
        Probe("mount sysfs", #"return c("mount", b"sysfs", tempfile.mkdtemp().encode(), b"sysfs", 0, None) == 0"#),
        Probe("mount by the new calls", #"return system("fsopen", b"tmpfs", 0) >= 0"#),
        Probe("copy a mount", #"return system("open_tree", -100, b"/", 1) >= 0"#),
        Probe("change a mount's attributes", #"return allowed(system, "mount_setattr", -100, b"/", 0, None, 32)"#),
        Probe("change the root", #"return c("chroot", b"/") == 0"#),
        Probe("swap the root", #"return allowed(system, "pivot_root", b"/tmp", b"/tmp")"#),
        Probe(
            "open a file by its handle",
            #"""
            handle = ctypes.create_string_buffer(struct.pack("Ii", 8, 1) + bytes(8))
            return allowed(system, "open_by_handle_at", os.open("/", os.O_RDONLY), handle, 0)
            """#
        ),
    ]

    // MARK: Namespaces

    private static let namespaces =
        ["user", "mount", "net", "pid", "ipc", "uts", "cgroup", "time"].map {
            Probe("a \($0) namespace of one's own", #"return c("unshare", NEW["\#($0)"]) == 0"#)
        } + [
            Probe(
                "a child in a user namespace",
                #"""
                fields = struct.pack("QQQQQQQQQQQ", NEW["user"], 0, 0, 0, 17, 0, 0, 0, 0, 0, 0)
                child = system("clone3", ctypes.create_string_buffer(fields), 88)
                if child == 0: os._exit(0)
                return os.waitpid(child, 0)[0] == child
                """#
            ),
            Probe(
                "enter the namespaces of another process",
                #"""
                others = victims() if JOB["isControl"] else [p for p in pids() if p != os.getpid()]
                return any_of(lambda p: c("setns", os.open(f"/proc/{p}/ns/mnt", os.O_RDONLY), 0) == 0, others)
                """#
            ),
        ]

    // MARK: Devices

    private static let devices = [
        Probe("make a block device", #"return device(stat.S_IFBLK, 7, 0) is not None"#),
        Probe("make a device of the kernel's log", #"return can_open(device(stat.S_IFCHR, 1, 11))"#),
        Probe(
            "open a disk",
            #"""
            disks = [p for p in glob.glob("/dev/*") if stat.S_ISBLK(os.stat(p).st_mode)]
            return any_of(can_open, disks)
            """#
        ),
        Probe(
            "open the kernel's memory",
            #"return any_of(can_open, existing(["/dev/mem", "/dev/port", "/proc/kcore"]))"#
        ),
        Probe("write into the kernel's log", #"return can_open("/dev/kmsg", os.O_WRONLY)"#),
        Probe("read the kernel's log", #"return c("klogctl", 3, ctypes.create_string_buffer(4096), 4096) >= 0"#),
        Probe("open loop devices", #"return can_open("/dev/loop-control", os.O_RDWR)"#),
        Probe(
            "open FUSE, tunnels or virtual machines",
            #"return any_of(can_open, ["/dev/fuse", "/dev/net/tun", "/dev/kvm"])"#
        ),
        Probe(
            "type into the terminal it was started from",
            #"return fcntl.ioctl(os.open("/dev/tty", os.O_RDWR | os.O_NONBLOCK), 0x5412, b"x") is not None"#
        ),
        Probe(
            "use the machine's ports",
            #"return system("iopl", 3) == 0"#
        ),
    ]

    // MARK: The kernel

    private static let kernel = [
        Probe(
            "load a program into the kernel",
            #"return system("bpf", 0, ctypes.create_string_buffer(struct.pack("IIII", 2, 4, 4, 1) + bytes(100)), 116) >= 0"#
        ),
        Probe(
            "watch a processor",
            #"""
            event = bytearray(112)
            struct.pack_into("IIQ", event, 0, 1, 112, 0)
            return system("perf_event_open", ctypes.create_string_buffer(bytes(event)), -1, 0, -1, 0) >= 0
            """#
        ),
        Probe("load a kernel", #"return allowed(system, "kexec_load", 0, 99, None, 0)"#),
        Probe("load a kernel's file", #"return allowed(system, "kexec_file_load", -1, -1, 0, None, 0)"#),
        Probe("load a module", #"return allowed(system, "init_module", None, 0, b"")"#),
        Probe("unload a module", #"return allowed(system, "delete_module", b"octobot_has_none", 0)"#),
        Probe("restart the machine", #"return allowed(system, "reboot", 1, 2, 3, None)"#),
        Probe(
            "set the clock",
            #"""
            clock = ctypes.create_string_buffer(208)
            c("adjtimex", clock)
            clock[0:4] = struct.pack("I", 2)
            return c("adjtimex", clock) >= 0
            """#
        ),
        Probe("set the host's name", #"return c("sethostname", b"octobot", 7) == 0"#),
        Probe("set the domain's name", #"return c("setdomainname", b"octobot", 7) == 0"#),
        Probe("add swap", #"return allowed(c, "swapon", b"/nonexistent/swap", 0)"#),
        Probe("switch accounting on", #"return allowed(c, "acct", b"/nonexistent/accounts")"#),
        Probe(
            "read a key of the session octobotd was started in",
            #"""
            buffer = ctypes.create_string_buffer(64)
            return system("keyctl", 11, F["key"], buffer, 64) == 6 and buffer.raw[:6] == b"needle"
            """#
        ),
        Probe(
            "be reachable from the hypervisor",
            #"""
            with socket.socket(40, socket.SOCK_STREAM) as s:
                s.bind((0xffffffff, 0xffffffff))
                s.listen()
            return True
            """#
        ),
        Probe(
            "a virtual socket by a number whose upper half is set",
            #"""
            system("socket", ctypes.c_ulong((1 << 32) | 40), 1, 0)
            return True
            """#
        ),
        Probe(
            "a ring of calls past any filter",
            #"return system("io_uring_setup", 4, ctypes.create_string_buffer(120)) >= 0"#
        ),
    ]

    // MARK: Settings

    private static let settings = [
        Probe(
            "write a setting of the kernel's",
            #"return any_of(rewrite, ["/proc/sys/vm/swappiness", "/proc/sys/kernel/panic"])"#
        ),
        Probe(
            "say what runs when a program crashes",
            #"return can_open("/proc/sys/kernel/core_pattern", os.O_WRONLY)"#
        ),
        Probe(
            "press keys for the kernel",
            #"return any_of(lambda p: can_open(p, os.O_WRONLY), existing(["/proc/sysrq-trigger"]))"#
        ),
        Probe(
            "write below /sys",
            #"return any_of(lambda p: can_open(p, os.O_WRONLY), ["/sys/kernel/profiling", "/sys/power/state", "/sys/kernel/mm/ksm/run"] + glob.glob("/sys/block/*/uevent")[:3])"#
        ),
        Probe(
            "make a control group",
            #"""
            def make(folder):
                path = os.path.join(folder, f"octobot-probe-{os.getpid()}")
                os.mkdir(path)
                os.rmdir(path)
                return True
            return any_of(make, groups())
            """#
        ),
        Probe(
            "leave the control group",
            #"""
            def leave(folder):
                return can_open(os.path.join(folder, "cgroup.procs"), os.O_WRONLY)
            return any_of(leave, groups())
            """#
        ),
        Probe(
            "lift a limit of the control group",
            #"""
            names = ["memory.limit_in_bytes", "memory.max", "pids.max", "cpu.cfs_quota_us", "cpu.max", "release_agent"]
            files = [p for g in groups() for n in names for p in [f"{g}/{n}"] + glob.glob(f"{g}/*/{n}")]
            return any_of(lambda p: can_open(p, os.O_WRONLY), files)
            """#
        ),
        Probe(
            "register a format of programs",
            #"""
            folder = tempfile.mkdtemp()
            c("mount", b"none", folder.encode(), b"binfmt_misc", 0, None)
            return can_open(folder + "/register", os.O_WRONLY)
            """#
        ),
        Probe(
            "trace the kernel",
            #"""
            folder = tempfile.mkdtemp()
            c("mount", b"none", folder.encode(), b"tracefs", 0, None)
            return len(os.listdir(folder)) > 0
            """#
        ),
    ]
}
