/* SPDX-License-Identifier: MIT */
/* Makes a contestant of the learner's code: a loop, a place for each page that
 * is in flight, and no connection used again. */
#include "base/clock.h"
#include "lessons/E1/network.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static int run_in_places(struct batch *batch, struct real_network *real)
{
    struct crowd crowd = {.batch = batch};
    crowd.places = calloc(batch->concurrency, sizeof *crowd.places);
    if (!crowd.places)
        return -ENOMEM;
    for (size_t i = 0; i < batch->concurrency; i++) {
        struct fetch *fetch = &crowd.places[i].fetch;
        fetch_init(fetch, &real->network, batch->options);
        fetch->call.doer = (struct doer){
            .pid = getpid(), .thread = gettid(), .slot = (unsigned)i};
    }
    crowd_start(&crowd);
    int error = loop_run(real->network.loop);
    for (size_t i = 0; i < batch->concurrency; i++)
        fetch_deinit(&crowd.places[i].fetch);
    free(crowd.places);
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
        error = run_in_places(batch, &real);
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
