/* SPDX-License-Identifier: MIT */
#include "harness/origin/hold.h"

#include "harness/origin/behaviours.h"
#include "harness/origin/connection.h"
#include "harness/origin/server.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* The group that belongs to it, or a place for one; NULL when all are taken. */
static struct hold *find_hold(struct origin *origin, struct run *run, int until)
{
    struct hold *place = NULL;
    for (int i = 0; i < HOLDS_MAX; i++) {
        struct hold *hold = &origin->holds[i];
        if (hold->present && hold->run == run && hold->until == until)
            return hold;
        if (!hold->present)
            place = hold;
    }
    if (place)
        *place = (struct hold){.run = run, .until = until};
    return place;
}

static int wait_in(struct hold *hold, struct connection *connection,
                   const struct asked *asked)
{
    struct held *held = malloc(sizeof *held);
    if (!held)
        return -ENOMEM;
    held->hold = hold;
    held->asked = *asked;
    connection->held = held;
    hold->present++;
    if (hold->most < hold->present)
        hold->most = hold->present;
    struct loop *loop = connection->origin->loop;
    loop_call_at(loop, &connection->timer,
                 nanos_after(loop_time(loop), asked->give_up));
    return 0;
}

/* Each is answered in a turn of its own call: nobody's answer is written from
 * within another's. */
static void release(struct origin *origin, struct hold *hold)
{
    for (struct connection *c = origin->connections; c; c = c->next) {
        if (!c->held || c->held->hold != hold)
            continue;
        c->held->hold = NULL;
        loop_call_soon(origin->loop, &c->timer);
    }
    hold->present = 0;
}

int hold_join(struct connection *connection, struct asked *asked)
{
    struct origin *origin = connection->origin;
    struct hold *hold =
        find_hold(origin, connection->request_run, (int)asked->until);
    if (!hold) {
        asked->refused = 503;
        snprintf(asked->sentence, sizeof asked->sentence,
                 "Too many different groups are held.");
        return behaviours_refuse(connection, asked, true);
    }
    if (hold->present + 1 < hold->until)
        return wait_in(hold, connection, asked);
    release(origin, hold);
    return behaviours_release(connection, asked, (int)asked->until);
}

int hold_finish(struct connection *connection)
{
    struct held *held = connection->held;
    int arrived = held->hold ? held->hold->most : (int)held->asked.until;
    int error = behaviours_release(connection, &held->asked, arrived);
    hold_leave(connection);
    return error;
}

void hold_leave(struct connection *connection)
{
    struct held *held = connection->held;
    if (held && held->hold)
        held->hold->present--;
    free(held);
    connection->held = NULL;
}
