import JSONText

/// The system calls of a container, root's in it too: those programs work with and no other, in the form of an engine's
/// seccomp profile (OCI Runtime Specification, config-linux.md §Seccomp).
///
/// octobot-agent filters its own and what it starts; a person's root shell is the engine's process. An engine's standard
/// profile is not the same everywhere: older ones leave virtual sockets, which lead to the hypervisor whatever network one
/// is in, and io_uring, which opens sockets past any filter. What needs a capability is not here: containers have none.
enum DockerSystemCalls {
    /// The value of the engine's option `seccomp=`.
    static var profile: String {
        let rules = [rule(allowed)] + families.map(socket) + [children, undecidable] + personalities.map(personality)
        let profile: JSONValue = [
            "defaultAction": "SCMP_ACT_ERRNO", "architectures": [architecture], "syscalls": .array(rules),
        ]
        return String(decoding: profile.serialized(), as: UTF8.self)
    }

    #if arch(x86_64)
    private static let architecture: JSONValue = "SCMP_ARCH_X86_64"
    #elseif arch(arm64)
    private static let architecture: JSONValue = "SCMP_ARCH_AARCH64"
    #endif

    /// AF_UNIX, AF_INET, AF_INET6 and AF_NETLINK.
    private static let families: [Int64] = [1, 2, 10, 16]
    /// PER_LINUX and PER_LINUX32, each also without random addresses as debuggers want it, and the question which.
    private static let personalities: [Int64] = [0, 8, 0x40000, 0x40008, 0xffff_ffff]
    private static let low: Int64 = 0xffff_ffff

    private static func rule(_ names: [String], _ conditions: JSONValue...) -> JSONValue {
        [
            "names": .array(names.map { .string($0) }), "action": "SCMP_ACT_ALLOW", "args": .array(conditions),
        ]
    }

    /// A condition on the first argument; the kernel looks at the low half of these alone, and so does the filter.
    private static func first(masked mask: Int64, is value: Int64) -> JSONValue {
        ["index": 0, "op": "SCMP_CMP_MASKED_EQ", "value": .integer(mask), "valueTwo": .integer(value)]
    }

    private static func socket(_ family: Int64) -> JSONValue { rule(["socket"], first(masked: low, is: family)) }

    private static func personality(_ kind: Int64) -> JSONValue {
        rule(["personality"], first(masked: low, is: kind))
    }

    /// A child in the same namespaces: none of CLONE_NEW….
    private static let children = rule(["clone"], first(masked: 0x7e02_0000, is: 0))

    /// Its flags are out of a filter's sight; without it (ENOSYS) programs make do with clone(2).
    private static let undecidable: JSONValue = [
        "names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38,
    ]

    private static let allowed = files + memory + processes + people + signals + time + waiting + talking + machine

    private static func words(_ text: String) -> [String] {
        text.split(whereSeparator: \.isWhitespace).map(String.init)
    }

    private static let files = words(
        """
        open openat openat2 creat close close_range read readv pread64 preadv preadv2 write writev pwrite64 pwritev pwritev2
        lseek sendfile splice tee vmsplice copy_file_range readahead fadvise64 sync syncfs fsync fdatasync sync_file_range
        truncate ftruncate fallocate flock fcntl ioctl dup dup2 dup3 pipe pipe2 umask
        stat lstat fstat newfstatat fstatat64 statx statfs fstatfs access faccessat faccessat2 getcwd chdir fchdir
        getdents getdents64 mkdir mkdirat rmdir link linkat symlink symlinkat readlink readlinkat unlink unlinkat
        rename renameat renameat2 mknod mknodat chmod fchmod fchmodat fchmodat2 chown lchown fchown fchownat
        utime utimes futimesat utimensat name_to_handle_at
        getxattr lgetxattr fgetxattr setxattr lsetxattr fsetxattr listxattr llistxattr flistxattr removexattr lremovexattr
        fremovexattr inotify_init inotify_init1 inotify_add_watch inotify_rm_watch
        io_setup io_submit io_cancel io_destroy io_getevents io_pgetevents
        """
    )

    private static let memory = words(
        """
        brk mmap munmap mremap mprotect madvise mincore msync mlock mlock2 mlockall munlock munlockall membarrier
        memfd_create memfd_secret remap_file_pages pkey_alloc pkey_free pkey_mprotect
        shmget shmat shmdt shmctl semget semop semtimedop semctl msgget msgsnd msgrcv msgctl
        mq_open mq_unlink mq_timedsend mq_timedreceive mq_notify mq_getsetattr
        """
    )

    private static let processes = words(
        """
        fork vfork execve execveat exit exit_group wait4 waitid prctl arch_prctl set_tid_address set_thread_area
        get_thread_area set_robust_list get_robust_list rseq futex futex_waitv futex_wait futex_wake futex_requeue
        getpid getppid gettid getpgid getpgrp setpgid getsid setsid pidfd_open ptrace process_vm_readv process_vm_writev
        process_mrelease getpriority setpriority ioprio_get ioprio_set getrlimit setrlimit prlimit64 getrusage times
        sched_yield sched_getaffinity sched_setaffinity sched_getattr sched_setattr sched_getparam sched_setparam
        sched_getscheduler sched_setscheduler sched_get_priority_max sched_get_priority_min sched_rr_get_interval
        seccomp landlock_create_ruleset landlock_add_rule landlock_restrict_self
        """
    )

    private static let people = words(
        """
        getuid geteuid getgid getegid getresuid getresgid getgroups setuid setgid setreuid setregid setresuid setresgid
        setgroups setfsuid setfsgid capget capset
        """
    )

    private static let signals = words(
        """
        kill tkill tgkill pidfd_send_signal pause rt_sigaction rt_sigprocmask rt_sigpending rt_sigsuspend rt_sigtimedwait
        rt_sigqueueinfo rt_tgsigqueueinfo rt_sigreturn restart_syscall sigaltstack signalfd signalfd4
        """
    )

    private static let time = words(
        """
        time gettimeofday clock_gettime clock_getres clock_nanosleep nanosleep adjtimex clock_adjtime alarm getitimer
        setitimer timer_create timer_settime timer_gettime timer_getoverrun timer_delete timerfd_create timerfd_settime
        timerfd_gettime
        """
    )

    private static let waiting = words(
        """
        select pselect6 poll ppoll epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2 eventfd eventfd2
        """
    )

    private static let talking = words(
        """
        socketpair bind listen accept accept4 connect shutdown getsockname getpeername getsockopt setsockopt
        sendto sendmsg sendmmsg recvfrom recvmsg recvmmsg
        """
    )

    private static let machine = words("uname sysinfo getrandom getcpu")
}
