/* SPDX-License-Identifier: MIT */
/* The loop: a connect that blocks in the middle of it.
 *
 * Time is virtual: a connection takes a second, and the test does not wait for
 * it. */
#include "wrong.h"

#include "callbacks/loop.h"
#include "support/scripted_selector.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BEATS = 10 };
static const nanos beat_every = NANOS_PER_SECOND / BEATS;

/* A loop with a heart: ten beats a second, and a page to fetch beside. */
struct program {
    struct virtual_clock clock;
    struct script script;
    struct loop *loop;
    struct handle heart, fetch;
    struct watch connecting;
    nanos due; /* the next beat */
    long missed;
    bool connected;
};

/* The network: a second passes until the other side has answered. A call that
 * waits for it here takes as long; one that does not is told that it is on its
 * way, and the selector's script knows when it will be there. */
static struct virtual_clock *network_clock;
int __wrap_connect(int fd, const struct sockaddr *to, socklen_t size);

int __wrap_connect(int fd, const struct sockaddr *to, socklen_t size)
{
    (void)to;
    (void)size;
    if (fcntl(fd, F_GETFL) & O_NONBLOCK) {
        errno = EINPROGRESS;
        return -1;
    }
    network_clock->now += NANOS_PER_SECOND;
    return 0;
}

/* Every beat that is over by the time it is its turn was missed. */
static void beat(struct handle *handle)
{
    struct program *program = container_of(handle, struct program, heart);
    nanos now = loop_time(program->loop);
    for (; now >= program->due + beat_every; program->due += beat_every)
        program->missed++;
    program->due += beat_every;
    if (!program->connected)
        loop_call_at(program->loop, handle, program->due);
}

static void fetch_blocking(struct handle *handle)
{
    struct program *program = container_of(handle, struct program, fetch);
    struct sockaddr address = {.sa_family = AF_INET};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    wrong_need(!connect(fd, &address, sizeof address), "connect");
    program->connected = true;
    close(fd);
}

static void on_connected(struct handle *handle)
{
    struct watch *watch = container_of(handle, struct watch, handle);
    struct program *program = container_of(watch, struct program, connecting);
    loop_watch(program->loop, watch, 0);
    program->connected = true;
    close(watch->fd);
}

static void fetch_nonblocking(struct handle *handle)
{
    struct program *program = container_of(handle, struct program, fetch);
    struct watch *watch = &program->connecting;
    struct sockaddr address = {.sa_family = AF_INET};
    watch->handle.run = on_connected;
    watch->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    wrong_need(connect(watch->fd, &address, sizeof address) < 0 &&
                   errno == EINPROGRESS,
               "connect");
    script_ready(&program->script, BEATS, watch->fd, SELECT_WRITE);
    wrong_need(!loop_watch(program->loop, watch, SELECT_WRITE), "watch");
}

static long missed_beats(void (*fetch)(struct handle *handle))
{
    struct program program = {.heart.run = beat, .fetch.run = fetch};
    virtual_clock_init(&program.clock);
    network_clock = &program.clock;
    script_init(&program.script, &program.clock);
    wrong_need(
        !loop_new(&program.loop, &scripted_selector, &program.clock.clock),
        "loop_new");
    program.due = program.clock.now + beat_every;
    loop_call_soon(program.loop, &program.fetch);
    loop_call_at(program.loop, &program.heart, program.due);
    wrong_need(!loop_run(program.loop), "loop_run");
    loop_free(program.loop);
    return program.missed;
}

static long make(void)
{
    return missed_beats(fetch_blocking);
}

static long mend(void)
{
    return missed_beats(fetch_nonblocking);
}

int main(void)
{
    static const struct wrong blocking_connect = {
        .mistake = "a callback connects, and waits until it is connected",
        .damage = "heartbeats missed, of ten in the second that it took",
        .make = make,
        .mend = mend,
        .why = "the loop is one thread, and every callback borrows it. While "
               "one of them waits in connect() no timer runs, no page is "
               "read, and no other connection is answered.",
        .instead = "make the socket non-blocking before connect(), take "
                   "EINPROGRESS for what it is, and watch the socket until it "
                   "is writable. Look-ups and files block just as well.",
    };
    return wrong_show(&blocking_connect);
}
