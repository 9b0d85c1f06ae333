/* SPDX-License-Identifier: MIT */
#include "blocking/sequential.h"

#include "blocking/worker.h"

static int sequential_run(struct batch *batch)
{
    struct blocking_worker worker;
    int error = blocking_worker_init(&worker, batch->options, batch->cancel, 0);
    if (error)
        return error;
    struct job job;
    while (batch_next(batch, &job))
        batch_done(batch, job.index, blocking_fetch(&worker, &job));
    blocking_worker_deinit(&worker);
    return 0;
}

const struct model sequential_model = {
    .name = "sequential",
    .family = "blocking",
    .summary = "one page after another; the kernel waits",
    .can = CAN_KEEP_ALIVE | CAN_TIME_OUT | CAN_REDIRECT | CAN_CANCEL |
           CAN_START_LATER,
    .run = sequential_run,
};
