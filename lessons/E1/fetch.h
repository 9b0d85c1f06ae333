/* SPDX-License-Identifier: MIT */
/* A page out of callbacks, and many of them in one loop.
 *
 *     fetch_start -> look_up .. on_resolved
 *                        -> connect_to .. on_connected
 *                               .. on_data, on_data …
 *                               .. on_lost -> finish -> done
 *
 * ".." is where the loop waits, and where one function ends and the next one
 * begins. What it has to remember until then lies in struct fetch. */
#ifndef LESSONS_E1_FETCH_H
#define LESSONS_E1_FETCH_H

#include "callbacks/resolver.h"
#include "callbacks/stream_transport.h"
#include "http/call.h"
#include "http/model.h"

#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- a closure: a function, and what it knows ---- */

struct callback {
    void (*fn)(void *context, struct result *result);
    void *context;
};

/* Calls it. */
void callback_call(struct callback callback, struct result *result);

/* A decorator, and what it knows: a callback, and where its calls are written
 * down. It lives as long as it may be called. */
struct logged {
    const char *name;
    FILE *log;
    struct callback callback; /* the one inside */
    int calls;                /* so far */
};

/* A callback that writes each call down, "NAME CALLS: STATUS" in a line, and
 * passes it on to the one inside. */
struct callback logged_callback(struct logged *logged);

/* ---- given: what calls back ---- */

/* All fetches on one loop share it. network.c makes a real one; the check has
 * one of its own, in which nothing waits. */
struct network {
    struct loop *loop;

    /* Begins to look the host up: resolution->resolved is called in a later
     * turn. 0, or a negative errno, and then it is not called. */
    int (*look_up)(struct network *network, const struct endpoint *endpoint,
                   struct resolution *resolution);
    /* resolved will not be called. Harmless when no look-up is under way. */
    void (*forget)(struct network *network, struct resolution *resolution);
    /* Begins to connect: as stream_connect, in callbacks/stream_transport.h. */
    int (*connect)(struct network *network, const struct address *address,
                   struct stream_transport *stream, struct protocol *protocol);
};

/* ---- a page ---- */

/* All of its callbacks get here with container_of, from whichever of these
 * members they are handed. */
struct fetch {
    struct network *network;
    struct callback done;

    struct call call;               /* http/call.h: what is asked, what came */
    struct resolution resolution;   /* the look-up: on_resolved */
    struct protocol protocol;       /* on_connected, on_data, on_lost */
    struct stream_transport stream; /* the connection */
    struct handle end;              /* on_end: at the deadline, or at once */
    bool open;      /* from connect_to until on_lost: there is a stream */
    bool connected; /* from on_connected on */
};

/* ---- yours: fetch.c ---- */

/* Step 2. Begins to fetch the page of this job. `done` is called once, in a
 * later turn, with what came of it. From then on the fetch may be started
 * again, or be gone. */
void fetch_start(struct fetch *fetch, const struct job *job,
                 struct callback done);

/* Step 4. Gives the page up: done is called in a later turn, with
 * FETCH_CANCELLED, if it has not ended otherwise before. Harmless on a fetch
 * that has ended. */
void fetch_cancel(struct fetch *fetch);

/* Step 5. A slot for a page, and the pool of them. */
struct slot {
    struct fetch fetch;
    struct pool *pool;
    size_t index; /* of the job that it has */
};

struct pool {
    struct batch *batch;
    struct slot *slots; /* batch->concurrency of them */
};

/* Tells each slot its pool, and gives it its first job, if there is one. The
 * rest follows by itself: all is done when the loop has nothing left to do. */
void pool_start(struct pool *pool);

/* ---- given, in fetch.c ---- */

/* Both are borrowed. Then fetch_start, any number of times. */
void fetch_init(struct fetch *fetch, struct network *network,
                const struct call_options *options);

/* Contract: it is not under way. */
void fetch_deinit(struct fetch *fetch);

#ifdef __cplusplus
}
#endif

#endif
