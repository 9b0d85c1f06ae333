/* SPDX-License-Identifier: MIT */
/* A blocking thread per connection: where a connection is not kept, a thread
 * for each request. Its last act is then to start the one that comes after it.
 */
#include "harness/floors/floors.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>

struct crew {
    pthread_attr_t attributes;
    sem_t ended; /* lanes that have nothing left to do */
};

struct lane {
    struct crew *crew;
    struct floor_load load; /* a copy: the counts are the lane's own */
    size_t number;
    size_t left; /* requests */
};

static void start_thread(struct lane *lane);

static void *lane_main(void *argument)
{
    struct lane *lane = argument;
    size_t share = lane->load.keep_alive ? lane->left : 1;
    floor_do_share(&lane->load, share, lane->number, -1);
    lane->left -= share;
    start_thread(lane);
    return NULL;
}

static void end_lane(struct lane *lane, int error)
{
    lane->load.errors += lane->left;
    lane->load.error = lane->load.error ? lane->load.error : error;
    sem_post(&lane->crew->ended);
}

/* For what is left of the lane, which from then on is that thread's. */
static void start_thread(struct lane *lane)
{
    pthread_t thread;
    int error = 0;
    if (lane->left) {
        error =
            pthread_create(&thread, &lane->crew->attributes, lane_main, lane);
        if (!error)
            return;
    }
    end_lane(lane, -error);
}

static int crew_init(struct crew *crew)
{
    int error = pthread_attr_init(&crew->attributes);
    if (error)
        return -error;
    /* A lane needs its 16 KiB of scratch and what recv() takes. */
    pthread_attr_setstacksize(&crew->attributes, 128 * 1024);
    pthread_attr_setdetachstate(&crew->attributes, PTHREAD_CREATE_DETACHED);
    sem_init(&crew->ended, 0, 0);
    return 0;
}

static void crew_deinit(struct crew *crew)
{
    sem_destroy(&crew->ended);
    pthread_attr_destroy(&crew->attributes);
}

static void run_lanes(struct crew *crew, struct lane *lanes,
                      struct floor_load *load)
{
    for (size_t i = 0; i < load->connections; i++) {
        lanes[i] = (struct lane){crew, *load, i, floor_share(load, i)};
        start_thread(&lanes[i]);
    }
    for (size_t i = 0; i < load->connections; i++)
        while (sem_wait(&crew->ended) < 0)
            ;
    for (size_t i = 0; i < load->connections; i++) {
        load->errors += lanes[i].load.errors;
        load->error = load->error ? load->error : lanes[i].load.error;
    }
}

static int run(struct floor_load *load)
{
    struct crew crew;
    struct lane *lanes = calloc(load->connections, sizeof *lanes);
    int error = lanes ? crew_init(&crew) : -ENOMEM;
    if (!error) {
        run_lanes(&crew, lanes, load);
        crew_deinit(&crew);
    }
    free(lanes);
    return error;
}

const struct floor floor_threads = {
    .name = "floor-threads",
    .summary = "a blocking thread per connection",
    .overlaps = true,
    .run = run,
};
