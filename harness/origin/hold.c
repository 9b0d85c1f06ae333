/* SPDX-License-Identifier: MIT */
#include "harness/origin/hold.h"

#include "harness/origin/connection_internal.h"
#include "harness/origin/server_internal.h"

#include <errno.h>
#include <stdlib.h>

/* What a held request needs to be answered later. */
struct waiting {
    struct held held;
    struct hold *hold;  /* NULL: all have arrived */
    struct asked asked; /* its slices are no longer valid */
    hold_answer *answer;
};

static struct waiting *waiting_of(const struct connection *connection)
{
    return container_of(connection->held, struct waiting, held);
}

static struct hold *find_hold(struct origin *origin, const struct run *run,
                              int until)
{
    for (int i = 0; i < HOLDS_MAX; i++) {
        struct hold *hold = &origin->holds[i];
        if (hold->present && hold->run == run && hold->until == until)
            return hold;
    }
    return NULL;
}

/* NULL when all places are taken. */
static struct hold *new_hold(struct origin *origin, struct run *run, int until)
{
    struct hold *place = NULL;
    for (int i = 0; i < HOLDS_MAX && !place; i++)
        if (!origin->holds[i].present)
            place = &origin->holds[i];
    if (place)
        *place = (struct hold){.run = run, .until = until};
    return place;
}

static void leave_hold(struct connection *connection)
{
    struct waiting *waiting = waiting_of(connection);
    if (waiting->hold)
        waiting->hold->present--;
    free(waiting);
    connection->held = NULL;
}

/* Time is up, or all have arrived. */
static int answer_held(struct connection *connection)
{
    struct waiting *waiting = waiting_of(connection);
    struct asked *asked = &waiting->asked;
    int arrived = waiting->hold ? waiting->hold->most : (int)asked->until;
    int error = waiting->answer(connection, asked, arrived);
    leave_hold(connection);
    return error;
}

static int wait_in(struct hold *hold, struct connection *connection,
                   const struct asked *asked, hold_answer *answer)
{
    struct waiting *waiting = malloc(sizeof *waiting);
    if (!waiting)
        return -ENOMEM;
    *waiting = (struct waiting){.held = {answer_held, leave_hold},
                                .hold = hold,
                                .asked = *asked,
                                .answer = answer};
    connection->held = &waiting->held;
    hold->present++;
    if (hold->most < hold->present)
        hold->most = hold->present;
    struct loop *loop = connection->origin->loop;
    loop_call_at(loop, &connection->timer,
                 nanos_after(loop_time(loop), asked->give_up));
    return 0;
}

/* Each request is answered in a turn of its own, so that no answer is written
 * from within another's. */
static void hold_release(struct origin *origin, struct hold *hold)
{
    for (struct connection *c = origin->connections; c; c = c->next) {
        if (!c->held || waiting_of(c)->hold != hold)
            continue;
        waiting_of(c)->hold = NULL;
        loop_call_soon(origin->loop, &c->timer);
    }
    hold->present = 0;
}

int hold_join(struct connection *connection, struct asked *asked,
              hold_answer *answer)
{
    struct origin *origin = connection->origin;
    struct run *run = connection->request_run;
    struct hold *hold = find_hold(origin, run, (int)asked->until);
    if (!hold)
        hold = new_hold(origin, run, (int)asked->until);
    if (!hold)
        return -ENOSPC;
    if (hold->until == HOLD_UNTIL_OPENED || hold->present + 1 < hold->until)
        return wait_in(hold, connection, asked, answer);
    hold_release(origin, hold);
    return answer(connection, asked, (int)asked->until);
}

int hold_open_gate(struct origin *origin, const struct run *run)
{
    struct hold *hold = find_hold(origin, run, HOLD_UNTIL_OPENED);
    int waiting = hold ? hold->present : 0;
    if (hold)
        hold_release(origin, hold);
    return waiting;
}
