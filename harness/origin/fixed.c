/* SPDX-License-Identifier: MIT */
#include "harness/origin/fixed.h"

#include "harness/origin/connection.h"
#include "harness/origin/origin_bytes.h"
#include "harness/origin/server.h"

#include <errno.h>
#include <sys/socket.h>

/* Made by the same function as every other answer, so it is the same. */
int fixed_init(struct fixed *fixed, uint64_t seed)
{
    struct asked asked = {.keep_alive = true,
                          .minor_version = 1,
                          .status = ASKED_UNSAID,
                          .seed = ASKED_UNSAID};
    struct reply reply = {.status = 200,
                          .type = "application/octet-stream",
                          .made_up = FIXED_BODY};
    struct answer answer = {0};
    int error = answer_make(&answer, &asked, &reply, seed);
    if (!error && answer.end > FIXED_WIRE_MAX)
        error = -ENOMEM;
    if (!error) {
        memcpy(fixed->wire, answer.text.data, answer.text.size);
        origin_bytes(seed, 0, fixed->wire + answer.text.size, FIXED_BODY);
        fixed->wire_size = (size_t)answer.end;
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

/* The kernel did not take it all: the rest goes the way of any answer. */
static int answer_rest(struct connection *connection, size_t sent)
{
    struct fixed *fixed = &connection->origin->fixed;
    struct slice rest = {fixed->wire + sent, fixed->wire_size - sent};
    connection_count(connection, fixed->run);
    stats_bytes(&connection->origin->stats, fixed->run, sent);
    connection->state = CONNECTION_WRITES;
    return answer_make_raw(&connection->answer, rest, 0, 0, FINISH_KEEP);
}

int fixed_answer(struct connection *connection)
{
    struct origin *origin = connection->origin;
    struct fixed *fixed = &origin->fixed;
    connection_join_run(connection, fixed->run);
    ssize_t sent =
        send(connection->watch.fd, fixed->wire, fixed->wire_size, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EWOULDBLOCK) {
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
