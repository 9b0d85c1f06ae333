/* SPDX-License-Identifier: MIT */
/* Four workers of the lab's executor, five jobs. A job sleeps for a tenth of
 * the second that was asked for; the figures are multiplied by ten. */
#include "base/clock.h"
#include "threads/executor.h"

#include <stdio.h>
#include <time.h>

enum { WORKERS = 4, JOBS = 5 };

static nanos start;

struct nap {
    struct work work; /* first: one is the other */
    nanos began, ended;
};

static void nap(struct work *work)
{
    struct nap *self = (struct nap *)work;
    struct timespec tenth = {0, 100 * NANOS_PER_MILLISECOND};
    self->began = monotonic_now() - start;
    nanosleep(&tenth, NULL);
    self->ended = monotonic_now() - start;
}

static double times_ten(nanos time)
{
    return 10.0 * (double)time / NANOS_PER_SECOND;
}

int main(void)
{
    struct executor *executor;
    struct nap naps[JOBS] = {{.work.run = nap}};
    if (executor_new(&executor, WORKERS, 0))
        return 1;
    start = monotonic_now();
    for (int i = 0; i < JOBS; i++) {
        naps[i].work.run = nap;
        if (executor_submit(executor, &naps[i].work))
            return 1;
    }
    executor_free(executor); /* waits for all */
    for (int i = 0; i < JOBS; i++)
        printf("job %d: from %3.1f s to %3.1f s\n", i + 1,
               times_ten(naps[i].began), times_ten(naps[i].ended));
    return 0;
}
