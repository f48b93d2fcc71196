// The measuring side of contrib/bench, in C so that it costs little beside what it measures.
//
//   load echo PATH                             a bare echo server on a unix socket: the yardstick
//   load run PATH REQUEST CONNS DEPTH SECONDS  sends a line again and again, DEPTH in flight on each connection:
//                                              prints answers per second, p50 and p99 in microseconds
//   load first PATH REQUEST                    connects, sends, prints microseconds to the first answer
//   load stream PATH REQUEST COUNT             sends a subscription and reads COUNT chunks: prints chunks per second, and
//                                              p50 and p99 of their age in microseconds where their text is a clock
//   load agent                                 an ACP agent: "burst N" says N things at once, "paced N MS" one every MS,
//                                              each thing the time it was said (CLOCK_MONOTONIC, nanoseconds)
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static uint64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static struct sockaddr_un address_of(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) {
        fprintf(stderr, "path too long: %s\n", path);
        exit(64);
    }
    strcpy(address.sun_path, path);
    return address;
}

static int connect_to(const char *path) {
    struct sockaddr_un address = address_of(path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0) fail(path);
    return fd;
}

static void write_all(int fd, const char *bytes, size_t count) {
    while (count > 0) {
        ssize_t n = write(fd, bytes, count);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) fail("write");
        bytes += n;
        count -= (size_t)n;
    }
}

static int by_value(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

static void print_quantiles(uint64_t *values, size_t count) {
    if (count == 0) {
        printf(" - -\n");
        return;
    }
    qsort(values, count, sizeof *values, by_value);
    printf(" %.1f %.1f\n", (double)values[count / 2] / 1e3, (double)values[count * 99 / 100] / 1e3);
}

_Noreturn static void echo(const char *path) {
    struct sockaddr_un address = address_of(path);
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    unlink(path);
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 128) < 0)
        fail(path);
    int loop = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[64];
    epoll_ctl(loop, EPOLL_CTL_ADD, listener, &event);
    static char buffer[1 << 20];
    for (;;) {
        int ready = epoll_wait(loop, events, 64, -1);
        for (int i = 0; i < ready; i++) {
            int fd = events[i].data.fd;
            if (fd == listener) {
                event.data.fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
                epoll_ctl(loop, EPOLL_CTL_ADD, event.data.fd, &event);
                continue;
            }
            ssize_t n = read(fd, buffer, sizeof buffer);
            if (n <= 0) close(fd);
            else write_all(fd, buffer, (size_t)n);
        }
    }
}

// The request with the number of its slot in place of the id, which must stand there as "id":1; all have one length.
static char *in_slot(const char *request, int slot) {
    char *line = NULL;
    const char *id = strstr(request, "\"id\":1");
    if (!id) {
        fprintf(stderr, "no \"id\":1 in the request\n");
        exit(64);
    }
    if (asprintf(&line, "%.*s\"id\":%d%s\n", (int)(id - request), request, 1000 + slot, id + 6) < 0) fail("asprintf");
    return line;
}

static int run(const char *path, const char *request, int connections, int depth, double seconds) {
    char *lines[1024];
    for (int d = 0; d < depth; d++) lines[d] = in_slot(request, d);
    size_t length = strlen(lines[0]);
    char *out = malloc(length * (size_t)depth);
    int loop = epoll_create1(EPOLL_CLOEXEC);
    int fds[1024];
    uint64_t *sent[1024];
    char *pending[1024];
    size_t used[1024] = {0}, room = 1 << 20;
    for (int c = 0; c < connections; c++) {
        fds[c] = connect_to(path);
        sent[c] = malloc(sizeof(uint64_t) * (size_t)depth);
        pending[c] = malloc(room);
        struct epoll_event event = {.events = EPOLLIN, .data.u32 = (uint32_t)c};
        epoll_ctl(loop, EPOLL_CTL_ADD, fds[c], &event);
    }
    size_t capacity = 1 << 22, kept = 0;
    uint64_t *times = malloc(capacity * sizeof *times), answers = 0;
    uint64_t start = now_ns(), end = start + (uint64_t)(seconds * 1e9), clock = start;
    for (int c = 0; c < connections; c++) {
        for (int d = 0; d < depth; d++) {
            memcpy(out + (size_t)d * length, lines[d], length);
            sent[c][d] = now_ns();
        }
        write_all(fds[c], out, length * (size_t)depth);
    }
    struct epoll_event events[64];
    while ((clock = now_ns()) < end) {
        int ready = epoll_wait(loop, events, 64, 1000);
        for (int i = 0; i < ready; i++) {
            uint32_t c = events[i].data.u32;
            ssize_t n = read(fds[c], pending[c] + used[c], room - used[c]);
            if (n <= 0) {
                fprintf(stderr, "the server closed the connection\n");
                return 1;
            }
            used[c] += (size_t)n;
            clock = now_ns();
            size_t filled = 0;
            char *line = pending[c], *stop = line + used[c], *feed;
            while ((feed = memchr(line, '\n', (size_t)(stop - line)))) {
                char *id = memmem(line, (size_t)(feed - line), "\"id\":", 5);
                int slot = id ? atoi(id + 5) - 1000 : -1;
                if (slot < 0 || slot >= depth || (answers == 0 && memmem(line, (size_t)(feed - line), "\"error\":{", 9))) {
                    fprintf(stderr, "refused: %.*s\n", (int)(feed - line), line);
                    return 1;
                }
                if (kept < capacity) times[kept++] = clock - sent[c][slot];
                sent[c][slot] = clock;
                memcpy(out + filled, lines[slot], length);
                filled += length;
                answers++;
                line = feed + 1;
            }
            used[c] = (size_t)(stop - line);
            memmove(pending[c], line, used[c]);
            write_all(fds[c], out, filled);
        }
    }
    printf("%.0f", (double)answers / ((double)(clock - start) / 1e9));
    print_quantiles(times, kept);
    return 0;
}

static int first(const char *path, const char *request) {
    uint64_t start = now_ns();
    int fd = connect_to(path);
    write_all(fd, request, strlen(request));
    write_all(fd, "\n", 1);
    char byte;
    if (read(fd, &byte, 1) != 1) fail("read");
    printf("%.1f\n", (double)(now_ns() - start) / 1e3);
    return 0;
}

static int stream(const char *path, const char *request, uint64_t wanted) {
    int fd = connect_to(path);
    write_all(fd, request, strlen(request));
    write_all(fd, "\n", 1);
    size_t capacity = 1 << 20, used = 0, kept = 0;
    char *buffer = malloc(capacity);
    uint64_t *ages = malloc(wanted * sizeof *ages), chunks = 0, begin = 0, last = 0;
    while (chunks < wanted) {
        if (used == capacity) buffer = realloc(buffer, capacity *= 2);
        ssize_t n = read(fd, buffer + used, capacity - used);
        if (n <= 0) fail("read");
        uint64_t clock = now_ns();
        used += (size_t)n;
        char *line = buffer, *end;
        while ((end = memchr(line, '\n', used - (size_t)(line - buffer)))) {
            char *delta = memmem(line, (size_t)(end - line), "\"delta\":\"", 9);
            if (delta && chunks < wanted) {
                if (begin == 0) begin = clock;
                last = clock;
                uint64_t said = strtoull(delta + 9, NULL, 10);
                if (said > 0 && said < clock) ages[kept++] = clock - said;
                chunks++;
            } else if (memmem(line, (size_t)(end - line), "\"error\":{", 9)) {
                fprintf(stderr, "refused: %.*s\n", (int)(end - line), line);
                return 1;
            }
            line = end + 1;
        }
        used -= (size_t)(line - buffer);
        memmove(buffer, line, used);
    }
    printf("%.0f", (double)chunks / ((double)(last - begin + 1) / 1e9));
    print_quantiles(ages, kept);
    return 0;
}

static void say(const char *session) {
    printf("{\"jsonrpc\":\"2.0\",\"method\":\"session/update\",\"params\":{\"sessionId\":\"%s\",\"update\":{\"sessionUpdate\":"
           "\"agent_message_chunk\",\"content\":{\"type\":\"text\",\"text\":\"%llu \"}}}}\n",
           session, (unsigned long long)now_ns());
}

// Reads the compact JSON octobot-agent writes; it needs to understand nobody else.
static int agent(void) {
    char *line = NULL;
    size_t capacity = 0;
    static char out[1 << 16];
    setvbuf(stdout, out, _IOFBF, sizeof out);
    while (getline(&line, &capacity, stdin) > 0) {
        char *id = strstr(line, "\"id\":");
        long long number = id ? strtoll(id + 5, NULL, 10) : -1;
        if (strstr(line, "\"method\":\"initialize\"")) {
            printf("{\"jsonrpc\":\"2.0\",\"id\":%lld,\"result\":{\"protocolVersion\":1,\"agentCapabilities\":{}}}\n", number);
        } else if (strstr(line, "\"method\":\"session/new\"")) {
            printf("{\"jsonrpc\":\"2.0\",\"id\":%lld,\"result\":{\"sessionId\":\"bench\"}}\n", number);
        } else if (strstr(line, "\"method\":\"session/prompt\"")) {
            char *text = strstr(line, "\"text\":\"");
            int count = 0, pause = 0;
            if (text && sscanf(text + 8, "burst %d", &count) != 1) sscanf(text + 8, "paced %d %d", &count, &pause);
            for (int i = 0; i < count; i++) {
                say("bench");
                if (pause > 0) {
                    fflush(stdout);
                    usleep((useconds_t)pause * 1000);
                }
            }
            printf("{\"jsonrpc\":\"2.0\",\"id\":%lld,\"result\":{\"stopReason\":\"end_turn\"}}\n", number);
        } else if (id) {
            printf("{\"jsonrpc\":\"2.0\",\"id\":%lld,\"error\":{\"code\":-32601,\"message\":\"no such method\"}}\n", number);
        }
        fflush(stdout);
    }
    return 0;
}

int main(int argc, char **argv) {
    signal(SIGPIPE, SIG_IGN);
    const char *mode = argc > 1 ? argv[1] : "";
    if (!strcmp(mode, "echo") && argc == 3) echo(argv[2]);
    if (!strcmp(mode, "run") && argc == 7)
        return run(argv[2], argv[3], atoi(argv[4]), atoi(argv[5]), atof(argv[6]));
    if (!strcmp(mode, "first") && argc == 4) return first(argv[2], argv[3]);
    if (!strcmp(mode, "stream") && argc == 5) return stream(argv[2], argv[3], strtoull(argv[4], NULL, 10));
    if (!strcmp(mode, "agent") && argc == 2) return agent();
    fprintf(stderr, "usage: load echo|run|first|stream|agent …; see the head of load.c\n");
    return 64;
}
