/* SPDX-License-Identifier: MIT */
/* What the check calls but the learner's file does not have before a later
 * step. Compiled with the step that is checked. */
#include "lessons/P3/conn.h"

#include <errno.h>

#if STEP < 2
void conn_step(struct conn *conn, short ready)
{
    (void)conn;
    (void)ready;
}
#endif

#if STEP < 3
short conn_interest(const struct conn *conn)
{
    (void)conn;
    return 0;
}
#endif

#if STEP < 4
int monster_run(struct batch *batch, const struct clock *clock)
{
    (void)batch;
    (void)clock;
    return -ENOSYS;
}
#endif
