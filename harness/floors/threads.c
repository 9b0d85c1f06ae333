/* SPDX-License-Identifier: MIT */
/* A blocking thread per connection. */
#include "harness/floors/floors.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

struct lane {
    pthread_t thread;
    struct floor_load load; /* a copy: the counts are the lane's own */
    size_t number;
};

static void *lane_main(void *argument)
{
    struct lane *lane = argument;
    floor_do_share(&lane->load, floor_share(&lane->load, lane->number),
                   lane->number);
    return NULL;
}

static int start(struct lane *lanes, size_t *started, struct floor_load *load)
{
    pthread_attr_t attributes;
    int error = pthread_attr_init(&attributes);
    if (error)
        return -error;
    /* A lane needs its 16 KiB of scratch and what recv() takes. */
    error = pthread_attr_setstacksize(&attributes, 128 * 1024);
    while (!error && *started < load->connections) {
        struct lane *lane = &lanes[*started];
        lane->load = *load;
        lane->number = *started;
        error = pthread_create(&lane->thread, &attributes, lane_main, lane);
        *started += error == 0;
    }
    pthread_attr_destroy(&attributes);
    return -error;
}

static int run(struct floor_load *load)
{
    size_t started = 0;
    struct lane *lanes = calloc(load->connections, sizeof *lanes);
    if (!lanes)
        return -ENOMEM;

    int status = start(lanes, &started, load);
    for (size_t i = 0; i < started; i++) {
        pthread_join(lanes[i].thread, NULL);
        load->errors += lanes[i].load.errors;
        load->error = load->error ? load->error : lanes[i].load.error;
    }
    free(lanes);
    return status;
}

const struct floor floor_threads = {
    .name = "floor-threads",
    .summary = "a blocking thread per connection",
    .overlaps = true,
    .run = run,
};
