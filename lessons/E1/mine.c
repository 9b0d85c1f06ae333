/* SPDX-License-Identifier: MIT */
/* Makes a contestant of the learner's code: a loop, a slot for each page that
 * is in flight, and no connection used again. */
#include "base/clock.h"
#include "lessons/E1/network.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static int run_in_slots(struct batch *batch, struct real_network *real)
{
    struct pool pool = {.batch = batch};
    pool.slots = calloc(batch->concurrency, sizeof *pool.slots);
    if (!pool.slots)
        return -ENOMEM;
    for (size_t i = 0; i < batch->concurrency; i++) {
        struct fetch *fetch = &pool.slots[i].fetch;
        fetch_init(fetch, &real->network, batch->options);
        fetch->call.doer = (struct doer){
            .pid = getpid(), .thread = gettid(), .slot = (unsigned)i};
    }
    pool_start(&pool);
    int error = loop_run(real->network.loop);
    for (size_t i = 0; i < batch->concurrency; i++)
        fetch_deinit(&pool.slots[i].fetch);
    free(pool.slots);
    return error;
}

static int run(struct batch *batch)
{
    struct real_network real;
    struct loop *loop;
    int error = loop_new(&loop, &epoll_selector, &monotonic_clock);
    if (error)
        return error;
    error = real_network_init(&real, loop);
    if (!error) {
        error = run_in_slots(batch, &real);
        real_network_deinit(&real);
    }
    loop_free(loop);
    return error;
}

const struct model *models_mine(void);

const struct model *models_mine(void)
{
    static const struct model mine = {
        .name = "mine",
        .family = "callbacks",
        .summary = "your callbacks: a function for each thing that happens",
        .can = CAN_OVERLAP | CAN_TIME_OUT | CAN_TIME_OUT_LOOKUP | CAN_REDIRECT,
        .run = run,
    };
    return &mine;
}
