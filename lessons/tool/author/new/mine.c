/* SPDX-License-Identifier: MIT */
/* What was written in the lesson, as a model. */
#include "harness/models.h"
#include "pages.h"

static int mine_run(struct batch *batch)
{
    struct blocking_worker worker;
    int error = blocking_worker_init(&worker, batch->options, batch->cancel, 0);
    if (error)
        return error;
    fetch_pages(batch, &worker);
    blocking_worker_deinit(&worker);
    return 0;
}

static const struct model mine = {
    .name = "mine",
    .family = "blocking",
    .summary = "one page after another, as I wrote it",
    .run = mine_run,
};

const struct model *models_mine(void)
{
    return &mine;
}
