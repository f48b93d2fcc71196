// Linux interfaces that Glibc's module hides from Swift: variadic calls and what stands behind _GNU_SOURCE.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <features.h>
// fd_set has other member names under X/Open than in the modules that Foundation and OpenSSL bring along, and one program
// must not see two definitions of one structure.
#undef __USE_XOPEN
#include <sys/select.h>
#define __USE_XOPEN 1
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <linux/filter.h>
#include <linux/openat2.h>
#include <linux/seccomp.h>
#include <malloc.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

/// openat2(2). Returns a descriptor, or the negated errno.
static inline int clinux_openat2(int directory, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve) {
    struct open_how how = {flags, mode, resolve};
    long result = syscall(SYS_openat2, directory, path, &how, sizeof how);
    return result < 0 ? -errno : (int)result;
}

/// pidfd_open(2). Returns a descriptor, or the negated errno.
static inline int clinux_pidfd_open(pid_t pid) {
    long result = syscall(SYS_pidfd_open, pid, 0);
    return result < 0 ? -errno : (int)result;
}

/// pidfd_send_signal(2). Returns 0, or the negated errno.
static inline int clinux_pidfd_send_signal(int descriptor, int number) {
    long result = syscall(SYS_pidfd_send_signal, descriptor, number, NULL, 0);
    return result < 0 ? -errno : 0;
}

/// fcntl(F_DUPFD_CLOEXEC). Returns a descriptor of at least `minimum`, or the negated errno.
static inline int clinux_duplicate_above(int descriptor, int minimum) {
    int result = fcntl(descriptor, F_DUPFD_CLOEXEC, minimum);
    return result < 0 ? -errno : result;
}

/// prctl(PR_SET_DUMPABLE). Returns 0, or the negated errno.
static inline int clinux_set_dumpable(int dumpable) {
    return prctl(PR_SET_DUMPABLE, dumpable, 0, 0, 0) < 0 ? -errno : 0;
}

/// prctl(PR_SET_CHILD_SUBREAPER). Returns 0, or the negated errno.
static inline int clinux_set_child_subreaper(int enabled) {
    return prctl(PR_SET_CHILD_SUBREAPER, enabled, 0, 0, 0) < 0 ? -errno : 0;
}

/// SO_PEERCRED of a connected unix socket. Returns 0, or the negated errno.
static inline int clinux_peer_credentials(int descriptor, pid_t *pid, uid_t *uid, gid_t *gid) {
    struct ucred credentials;
    socklen_t size = sizeof credentials;
    if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &size) < 0) return -errno;
    *pid = credentials.pid;
    *uid = credentials.uid;
    *gid = credentials.gid;
    return 0;
}

/// The value of `POSIX_SPAWN_SETSID`, which Glibc's module does not show.
static inline short clinux_posix_spawn_setsid(void) { return POSIX_SPAWN_SETSID; }

/// Opens a pseudoterminal: both ends close-on-exec, neither ours to be controlled by, the master non-blocking.
/// Returns the master, or the negated errno; the other end and its path come in `terminal` and `path`.
static inline int clinux_open_pseudoterminal(int *terminal, char *path, size_t size) {
    int master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    if (master < 0) return -errno;
    if (grantpt(master) == 0 && unlockpt(master) == 0 && ptsname_r(master, path, size) == 0) {
        *terminal = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
        if (*terminal >= 0) return master;
    }
    int code = errno;
    close(master);
    return -code;
}

/// renameat2(2). Returns 0, or the negated errno.
static inline int clinux_renameat2(int from, const char *old_name, int into, const char *new_name, unsigned flags) {
    return syscall(SYS_renameat2, from, old_name, into, new_name, flags) < 0 ? -errno : 0;
}

/// epoll_create1(EPOLL_CLOEXEC). Returns a descriptor, or the negated errno.
static inline int clinux_epoll_create(void) {
    int result = epoll_create1(EPOLL_CLOEXEC);
    return result < 0 ? -errno : result;
}

/// Watches `descriptor` for one readable event, which will carry `token`. Returns 0, or the negated errno.
static inline int clinux_epoll_add_once(int epoll, int descriptor, uint64_t token) {
    struct epoll_event event = {.events = EPOLLIN | EPOLLONESHOT, .data.u64 = token};
    return epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) < 0 ? -errno : 0;
}

/// Waits for one event, interruptions aside. Returns 0 with its token, or the negated errno.
static inline int clinux_epoll_next(int epoll, uint64_t *token) {
    struct epoll_event event;
    int count;
    do {
        count = epoll_wait(epoll, &event, 1, -1);
    } while (count < 0 && errno == EINTR);
    if (count < 0) return -errno;
    *token = event.data.u64;
    return 0;
}

/// mallopt(3) with `M_ARENA_MAX`: at most this many arenas, however many threads allocate.
static inline void clinux_limit_malloc_arenas(int count) { (void)mallopt(M_ARENA_MAX, count); }

static int clinux_unmap_code(struct dl_phdr_info *object, size_t size, void *context) {
    (void)size;
    (void)context;
    // The program itself has no name, files have a path; what the kernel maps has neither.
    if (object->dlpi_name[0] != 0 && object->dlpi_name[0] != '/') return 0;
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[i];
        if (part->p_type != PT_LOAD || part->p_flags & PF_W) continue;
        const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
        const uintptr_t start = (object->dlpi_addr + part->p_vaddr) & ~(page - 1);
        const uintptr_t end = object->dlpi_addr + part->p_vaddr + part->p_memsz;
        (void)madvise((void *)start, end - start, MADV_DONTNEED);
    }
    return 0;
}

/// Gives freed memory back to the kernel (malloc_trim(3)), and lets go of code and constants. Those are clean pages of
/// files, mapped in clusters around each one that was ever touched: what is used again comes back from the page cache by a
/// minor fault, and the rest, the start's most of all, need not be kept for us. Parts that are ever written, relocated
/// constants among them, are not touched.
static inline void clinux_release_memory(void) {
    (void)malloc_trim(0);
    (void)dl_iterate_phdr(clinux_unmap_code, 0);
}

/// prctl(PR_GET_NO_NEW_PRIVS).
static inline bool clinux_gains_no_privileges(void) { return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1; }

/// Filters the calls of this thread and of all it starts by a program of `count` struct sock_filter (seccomp(2)). Returns 0,
/// or the negated errno.
static inline int clinux_filter_system_calls(const void *program, uint16_t count) {
    struct sock_fprog filter = {count, (struct sock_filter *)program};
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) < 0 ? -errno : 0;
}
