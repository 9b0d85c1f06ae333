/* SPDX-License-Identifier: MIT */
/* A blocking thread per connection: where a connection is not kept, a thread
 * for each request. Its last act is then to start the one that comes after it.
 */
#include "harness/floors/floors.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>

struct threads {
    pthread_attr_t attributes;
    sem_t ended; /* connections that have nothing left to do */
};

struct connection {
    struct threads *threads;
    struct floor_load load; /* a copy: the counts are the connection's own */
    size_t number;
    size_t left; /* requests */
};

static void start_thread(struct connection *connection);

static void *connection_main(void *argument)
{
    struct connection *connection = argument;
    size_t share = connection->load.keep_alive ? connection->left : 1;
    floor_do_share(&connection->load, share, connection->number, -1);
    connection->left -= share;
    start_thread(connection);
    return NULL;
}

static void end_connection(struct connection *connection, int error)
{
    connection->load.errors += connection->left;
    connection->load.error =
        connection->load.error ? connection->load.error : error;
    sem_post(&connection->threads->ended);
}

/* Starts a thread for the requests left of the connection, which is that
 * thread's from then on. */
static void start_thread(struct connection *connection)
{
    pthread_t thread;
    int error = 0;
    if (connection->left) {
        error = pthread_create(&thread, &connection->threads->attributes,
                               connection_main, connection);
        if (!error)
            return;
    }
    end_connection(connection, -error);
}

static int threads_init(struct threads *threads)
{
    int error = pthread_attr_init(&threads->attributes);
    if (error)
        return -error;
    /* A connection needs its 16 KiB of scratch and what recv() takes. */
    pthread_attr_setstacksize(&threads->attributes, 128 * 1024);
    pthread_attr_setdetachstate(&threads->attributes, PTHREAD_CREATE_DETACHED);
    sem_init(&threads->ended, 0, 0);
    return 0;
}

static void threads_deinit(struct threads *threads)
{
    sem_destroy(&threads->ended);
    pthread_attr_destroy(&threads->attributes);
}

static void run_connections(struct threads *threads,
                            struct connection *connections,
                            struct floor_load *load)
{
    for (size_t i = 0; i < load->connections; i++) {
        connections[i] =
            (struct connection){threads, *load, i, floor_share(load, i)};
        start_thread(&connections[i]);
    }
    for (size_t i = 0; i < load->connections; i++)
        while (sem_wait(&threads->ended) < 0)
            ;
    for (size_t i = 0; i < load->connections; i++) {
        load->errors += connections[i].load.errors;
        load->error = load->error ? load->error : connections[i].load.error;
    }
}

static int run_threads(struct floor_load *load)
{
    struct threads threads;
    struct connection *connections =
        calloc(load->connections, sizeof *connections);
    int error = connections ? threads_init(&threads) : -ENOMEM;
    if (!error) {
        run_connections(&threads, connections, load);
        threads_deinit(&threads);
    }
    free(connections);
    return error;
}

const struct floor floor_threads = {
    .name = "floor-threads",
    .summary = "a blocking thread per connection",
    .overlaps = true,
    .run = run_threads,
};
