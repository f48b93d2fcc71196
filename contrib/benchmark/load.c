// The measuring side of contrib/bench, in C so that it costs little beside what it measures.
//
//   load echo PATH                             a bare echo server on a unix socket: the yardstick
//   load run PATH REQUEST CONNS DEPTH SECONDS  sends a line again and again, DEPTH in flight on each connection:
//                                              prints answers per second, p50 and p99 in microseconds
//   load first PATH REQUEST                    connects, sends, prints microseconds to the first answer
//   load stream PATH REQUEST COUNT             sends a subscription and reads COUNT chunks: prints chunks per second, and
//                                              p50 and p99 of their age in microseconds where their text is a clock
//   load http PORT PATH CONNS SECONDS          GETs a path again and again, one in flight on each connection: as run
//   load times PATH REQUEST DEPTH COUNT        sends a line COUNT times: prints answers per second, p50 and p99
//   load ready PATH CREATE                     creates a session: prints microseconds to the event that it is ready
//   load fanout PATH SUBSCRIBE UPDATE READERS COUNT
//                                              COUNT updates, ######## in them a number, to READERS subscriptions: prints
//                                              events per second that reached readers; with "-" for UPDATE they are replayed
//   load bytes PATH SUBSCRIBE INPUT COUNT      starts a terminal's output and reads COUNT bytes of it: prints MB/s
//   load keys PATH SUBSCRIBE INPUT COUNT       types COUNT keys, each when the one before came back: prints p50 and p99
//   load commits FILE SECONDS                  bare SQLite commits, one at a time, synchronous=FULL: prints commits per second
//   load spawn COUNT COMMAND…                  runs a command COUNT times: prints p50 and p99 in microseconds
//   load agent                                 an ACP agent: "burst N" says N things at once, "paced N MS" one every MS,
//                                              each thing the time it was said (CLOCK_MONOTONIC, nanoseconds)
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
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

// A connection that is read line by line.
struct lines {
    int fd;
    char *buffer;
    size_t capacity, used, start;
};

static struct lines lines_of(int fd) { return (struct lines){.fd = fd, .buffer = malloc(1 << 16), .capacity = 1 << 16}; }

// Reads what there is; 0 when the other side has closed.
static int fill(struct lines *l) {
    memmove(l->buffer, l->buffer + l->start, l->used -= l->start);
    l->start = 0;
    if (l->used == l->capacity) l->buffer = realloc(l->buffer, l->capacity *= 2);
    ssize_t n = read(l->fd, l->buffer + l->used, l->capacity - l->used);
    if (n > 0) l->used += (size_t)n;
    return n > 0;
}

// The next whole line in the buffer, its feed cut off, or NULL.
static char *next_line(struct lines *l) {
    char *line = l->buffer + l->start, *feed = memchr(line, '\n', l->used - l->start);
    if (!feed) return NULL;
    *feed = 0;
    l->start = (size_t)(feed + 1 - l->buffer);
    if (strstr(line, "\"error\":{")) {
        fprintf(stderr, "refused: %.500s\n", line);
        exit(1);
    }
    return line;
}

// Waits for a line that holds both texts.
static char *await_line(struct lines *l, const char *a, const char *b) {
    for (;;) {
        char *line;
        while ((line = next_line(l)))
            if (strstr(line, a) && strstr(line, b)) return line;
        if (!fill(l)) fail("read");
    }
}

static void send_line(int fd, const char *line) {
    write_all(fd, line, strlen(line));
    write_all(fd, "\n", 1);
}

static int http(const char *port, const char *path, int connections, double seconds) {
    char request[1024];
    int length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%s\r\n\r\n", path, port);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    struct pollfd polled[256];
    struct lines all[256];
    uint64_t sent[256];
    size_t awaited[256] = {0};  // bytes of the answer still to come, 0 before its head is known
    if (connections > 256) return 64;
    for (int c = 0; c < connections; c++) {
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
        if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0) fail("connect");
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        all[c] = lines_of(fd);
        polled[c] = (struct pollfd){.fd = fd, .events = POLLIN};
        sent[c] = now_ns();
        write_all(fd, request, (size_t)length);
    }
    size_t capacity = 1 << 22, kept = 0;
    uint64_t *times = malloc(capacity * sizeof *times), answers = 0, start = now_ns(), clock = start;
    uint64_t end = start + (uint64_t)(seconds * 1e9);
    while ((clock = now_ns()) < end) {
        poll(polled, (nfds_t)connections, 1000);
        for (int c = 0; c < connections; c++) {
            if (!polled[c].revents) continue;
            if (!fill(&all[c])) fail("read");
            if (!awaited[c]) {
                char *head = memmem(all[c].buffer, all[c].used, "\r\n\r\n", 4);
                if (!head) continue;
                *head = 0;
                char *field = strcasestr(all[c].buffer, "content-length:");
                if (strncmp(all[c].buffer, "HTTP/1.1 200", 12) || !field) {
                    fprintf(stderr, "refused: %.500s\n", all[c].buffer);
                    return 1;
                }
                awaited[c] = (size_t)(head + 4 - all[c].buffer) + strtoull(field + 15, NULL, 10);
            }
            if (all[c].used < awaited[c]) continue;
            clock = now_ns();
            if (kept < capacity) times[kept++] = clock - sent[c];
            answers++;
            awaited[c] = all[c].used = 0;
            sent[c] = clock;
            write_all(polled[c].fd, request, (size_t)length);
        }
    }
    printf("%.0f", (double)answers / ((double)(clock - start) / 1e9));
    print_quantiles(times, kept);
    return 0;
}

static int times(const char *path, const char *request, int depth, uint64_t count) {
    struct lines l = lines_of(connect_to(path));
    uint64_t *sent = malloc(sizeof(uint64_t) * count), *took = malloc(sizeof(uint64_t) * count);
    uint64_t begun = 0, done = 0, start = now_ns();
    while (done < count) {
        for (; begun < count && begun < done + (uint64_t)depth; begun++) {
            char *line = in_slot(request, (int)begun);
            sent[begun] = now_ns();
            write_all(l.fd, line, strlen(line));
            free(line);
        }
        char *id = strstr(await_line(&l, "\"id\":", "\"result\":"), "\"id\":");
        long long slot = atoll(id + 5) - 1000;
        if (slot < 0 || slot >= (long long)count) return 1;
        took[done] = now_ns() - sent[slot];
        done++;
    }
    printf("%.0f", (double)count / ((double)(now_ns() - start) / 1e9));
    print_quantiles(took, count);
    return 0;
}

static int ready(const char *path, const char *create) {
    struct lines events = lines_of(connect_to(path));
    send_line(events.fd, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"event.subscribe\",\"params\":{}}");
    await_line(&events, "\"result\"", "\"subscription\"");
    uint64_t start = now_ns();
    int fd = connect_to(path);
    send_line(fd, create);
    for (;;) {
        char *line = await_line(&events, "session_updated", "\"status\":\"");
        if (strstr(line, "\"status\":\"error\"")) {
            fprintf(stderr, "the session failed: %.500s\n", line);
            return 1;
        }
        if (strstr(line, "\"status\":\"ready\"")) break;
    }
    printf("%.1f\n", (double)(now_ns() - start) / 1e3);
    return 0;
}

static int fanout(const char *path, const char *subscribe, const char *update, int readers, uint64_t count) {
    struct lines *all = malloc(sizeof *all * (size_t)readers);
    uint64_t *got = calloc((size_t)readers, sizeof *got);
    struct pollfd *polled = malloc(sizeof *polled * (size_t)(readers + 1));
    for (int r = 0; r < readers; r++) {
        all[r] = lines_of(connect_to(path));
        polled[r] = (struct pollfd){.fd = all[r].fd, .events = POLLIN};
    }
    int live = strcmp(update, "-") != 0;
    for (int r = 0; r < readers; r++) {
        send_line(all[r].fd, subscribe);
        if (live) await_line(&all[r], "\"result\"", "\"subscription\"");
    }
    struct lines writer = live ? lines_of(connect_to(path)) : (struct lines){.fd = -1};
    polled[readers] = (struct pollfd){.fd = writer.fd, .events = POLLIN};
    uint64_t begun = 0, answered = 0, start = now_ns();
    int waiting = readers;
    while (waiting > 0) {
        for (; live && begun < count && begun < answered + 64; begun++) {
            char *line = in_slot(update, (int)begun), *number = strstr(line, "########"), text[24];
            if (number) {
                snprintf(text, sizeof text, "%08llu", (unsigned long long)begun);
                memcpy(number, text, 8);
            }
            write_all(writer.fd, line, strlen(line));
            free(line);
        }
        if (poll(polled, (nfds_t)readers + (live ? 1 : 0), 10000) <= 0) {
            fprintf(stderr, "%d readers wait for events; one has %llu\n", waiting, (unsigned long long)got[0]);
            return 1;
        }
        if (live && polled[readers].revents) {
            if (!fill(&writer)) fail("read");
            while (next_line(&writer)) answered++;
        }
        for (int r = 0; r < readers; r++) {
            if (!polled[r].revents) continue;
            if (!fill(&all[r])) fail("read");
            for (char *line; (line = next_line(&all[r]));)
                if (strstr(line, "\"type\":\"event\"") && ++got[r] == count) {
                    waiting--;
                    polled[r].fd = -1;
                }
        }
    }
    printf("%.0f\n", (double)count * readers / ((double)(now_ns() - start) / 1e9));
    return 0;
}

static int bytes(const char *path, const char *subscribe, const char *input, uint64_t wanted) {
    struct lines l = lines_of(connect_to(path));
    send_line(l.fd, subscribe);
    await_line(&l, "\"result\"", "\"subscription\"");
    uint64_t start = now_ns(), offset = 0;
    send_line(l.fd, input);
    while (offset < wanted) {
        char *line = await_line(&l, "\"type\":\"bytes\"", "\"offset\":");
        offset = strtoull(strstr(line, "\"offset\":") + 9, NULL, 10);
    }
    printf("%.1f\n", (double)offset / 1e6 / ((double)(now_ns() - start) / 1e9));
    return 0;
}

static int keys(const char *path, const char *subscribe, const char *input, int count) {
    struct lines l = lines_of(connect_to(path));
    send_line(l.fd, subscribe);
    await_line(&l, "\"result\"", "\"subscription\"");
    uint64_t *times = malloc(sizeof(uint64_t) * (size_t)count);
    for (int i = 0; i < count; i++) {
        char *line = in_slot(input, i);
        uint64_t start = now_ns();
        write_all(l.fd, line, strlen(line));
        free(line);
        await_line(&l, "\"type\":\"bytes\"", "\"offset\":");
        times[i] = now_ns() - start;
    }
    printf("-");
    print_quantiles(times, (size_t)count);
    return 0;
}

static int commits(const char *path, double seconds) {
    sqlite3 *db = NULL;
    const char *setup = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                        "CREATE TABLE t (name TEXT PRIMARY KEY, content TEXT, at INTEGER);";
    if (sqlite3_open(path, &db) || sqlite3_exec(db, setup, NULL, NULL, NULL)) {
        fprintf(stderr, "%s\n", sqlite3_errmsg(db));
        return 1;
    }
    uint64_t count = 0, start = now_ns(), clock = start;
    for (; (clock = now_ns()) < start + (uint64_t)(seconds * 1e9); count++)
        if (sqlite3_exec(db, "INSERT INTO t VALUES ('a', 'b', 1) ON CONFLICT (name) DO UPDATE SET at = at + 1;", NULL, NULL, NULL))
            return 1;
    printf("%.0f\n", (double)count / ((double)(clock - start) / 1e9));
    sqlite3_close(db);
    return 0;
}

static int spawn(int count, char **command) {
    uint64_t *times = malloc(sizeof(uint64_t) * (size_t)count);
    for (int i = 0; i < count; i++) {
        uint64_t start = now_ns();
        pid_t child = fork();
        if (child == 0) {
            execvp(command[0], command);
            _exit(127);
        }
        int status = 0;
        if (child < 0 || waitpid(child, &status, 0) < 0 || status != 0) {
            fprintf(stderr, "%s ended with %d\n", command[0], status);
            return 1;
        }
        times[i] = now_ns() - start;
    }
    printf("-");
    print_quantiles(times, (size_t)count);
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
    if (!strcmp(mode, "http") && argc == 6) return http(argv[2], argv[3], atoi(argv[4]), atof(argv[5]));
    if (!strcmp(mode, "times") && argc == 6) return times(argv[2], argv[3], atoi(argv[4]), strtoull(argv[5], NULL, 10));
    if (!strcmp(mode, "ready") && argc == 4) return ready(argv[2], argv[3]);
    if (!strcmp(mode, "fanout") && argc == 7)
        return fanout(argv[2], argv[3], argv[4], atoi(argv[5]), strtoull(argv[6], NULL, 10));
    if (!strcmp(mode, "bytes") && argc == 6) return bytes(argv[2], argv[3], argv[4], strtoull(argv[5], NULL, 10));
    if (!strcmp(mode, "keys") && argc == 6) return keys(argv[2], argv[3], argv[4], atoi(argv[5]));
    if (!strcmp(mode, "commits") && argc == 4) return commits(argv[2], atof(argv[3]));
    if (!strcmp(mode, "spawn") && argc >= 4) return spawn(atoi(argv[2]), argv + 3);
    if (!strcmp(mode, "agent") && argc == 2) return agent();
    fprintf(stderr, "usage: load MODE …; see the head of load.c\n");
    return 64;
}
