/* SPDX-License-Identifier: MIT */
#include "harness/origin/fixed.h"

#include "harness/origin/connection_internal.h"
#include "harness/origin/origin_bytes.h"
#include "harness/origin/server_internal.h"

#include <errno.h>
#include <sys/socket.h>

/* Made by the same function as every other answer, so it is the same. */
int fixed_init(struct fixed *fixed, uint64_t seed)
{
    struct asked asked = {.terms = {.minor_version = 1, .keep_alive = true},
                          .status = ASKED_UNSAID,
                          .seed = ASKED_UNSAID};
    struct reply reply = {.status = 200,
                          .type = "application/octet-stream",
                          .made_up = FIXED_BODY};
    struct answer answer = {0};
    int error = answer_make(&answer, &asked, &reply, seed);
    struct slice head = buffer_slice(&answer.response.out);
    if (!error && head.size + FIXED_BODY > FIXED_WIRE_MAX)
        error = -ENOMEM;
    if (!error) {
        memcpy(fixed->wire, head.data, head.size);
        origin_bytes(seed, 0, fixed->wire + head.size, FIXED_BODY);
        fixed->wire_size = head.size + FIXED_BODY;
    }
    answer_deinit(&answer);
    return error;
}

void fixed_remember(struct fixed *fixed, struct slice raw, struct run *run)
{
    if (raw.size == 0 || raw.size > sizeof fixed->request)
        return;
    memcpy(fixed->request, raw.data, raw.size);
    fixed->request_size = raw.size;
    fixed->run = run;
}

void fixed_forget_run(void *context, const struct run *run)
{
    struct fixed *fixed = context;
    if (fixed->run == run)
        fixed->request_size = 0;
}

/* The kernel did not take all of it: the rest is sent like any answer. */
static int answer_rest(struct connection *connection, size_t sent)
{
    struct fixed *fixed = connection->origin->fixed;
    struct slice rest = {fixed->wire + sent, fixed->wire_size - sent};
    connection_count(connection, fixed->run);
    stats_bytes(&connection->origin->stats, fixed->run, sent);
    connection->state = CONNECTION_WRITES;
    return answer_make_raw(&connection->answer, rest, 0, 0, FINISH_KEEP);
}

int fixed_answer(struct connection *connection)
{
    struct origin *origin = connection->origin;
    struct fixed *fixed = origin->fixed;
    connection_join_run(connection, fixed->run);
    struct iovec whole = {fixed->wire, fixed->wire_size};
    ssize_t sent = wire_send(&connection->wire, &whole, 1);
    if (sent < 0 && sent != -EAGAIN) {
        connection_count(connection, fixed->run);
        connection->state = CONNECTION_CLOSED;
        return 0;
    }
    if (sent != (ssize_t)fixed->wire_size)
        return answer_rest(connection, sent < 0 ? 0 : (size_t)sent);
    connection->since = loop_time(origin->loop);
    stats_instant(&origin->stats, fixed->run, connection->since,
                  fixed->wire_size);
    return 0;
}
