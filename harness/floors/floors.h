/* SPDX-License-Identifier: MIT */
/* The floors: the least that a client can do, as reference lines for the race.
 *
 * A floor sends bytes that were built before, reads until as many bytes came as
 * the first answer had, and looks at none of them: one write and one read per
 * request. It is not a model: it cannot parse, follow, time out or be
 * cancelled. The cost of a model compared with that of the matching floor, with
 * the same number in flight, shows what HTTP and its way of waiting add to what
 * the kernel costs any client. */
#ifndef HARNESS_FLOORS_FLOORS_H
#define HARNESS_FLOORS_FLOORS_H

#include "base/bytes.h"
#include "http/address.h"

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The load that a floor works through. The addresses are taken in turn,
 * connection by connection. */
struct floor_load {
    const struct address *addresses; /* borrowed */
    int address_count;
    struct slice request; /* the bytes of one request, borrowed */
    size_t answer_size;   /* of each answer: head and body */
    size_t connections;   /* most at a time */
    size_t requests;      /* in all */
    bool keep_alive;      /* false: a connection for each request */

    size_t errors; /* out: requests that did not get their answer */
    int error;     /* out: the first reason, a negative errno, or 0 */
};

/* Runs the load on the calling thread, which waits for all that it started. 0,
 * or a negative errno when it could not be set up. */
struct floor {
    const char *name;
    const char *summary;
    bool overlaps; /* more than one connection at a time */
    int (*run)(struct floor_load *load);
    /* The floor whose work this one does by another strategy; NULL: none. Which
     * is cheaper depends on the machine; the cheapest one is the floor. */
    const char *instead_of;
    /* As in struct model: NULL if it can run here, or why it cannot. */
    const char *(*unavailable)(void);
};

/* In the order of the models for which they are the floors; closed by NULL. */
extern const struct floor *const floors[];

extern const struct floor floor_sequential;
extern const struct floor floor_threads;
extern const struct floor floor_fork;
extern const struct floor floor_fork_pipe;
extern const struct floor floor_epoll;
extern const struct floor floor_epoll_late;
extern const struct floor floor_uring;

/* NULL when there is none of that name. */
const struct floor *floors_find(const char *name);

/* NULL if it can run on this machine, or a sentence that says why it cannot. */
const char *floors_why_not(const struct floor *floor);

/* The name of the floor that a family of models is measured by. */
const char *floors_name_for_family(const char *family);

/* The names of all floors that do the work of that one, itself first; closed by
 * NULL. */
enum { STRATEGIES_MAX = 2 };
void floors_strategies(const char *name, const char *names[STRATEGIES_MAX + 1]);

/* Fetches once and notes how large the answer is, and its body alone in
 * `body_size`. 0, a negative errno, or -EBADMSG when the answer is not a 200
 * that says its length. */
int floor_learn(struct floor_load *load, size_t *body_size);

/* ---- shared by the floors that block ---- */

/* Fetches `share` requests, one after another, over one connection or over one
 * each. `connection` chooses the address. What arrives is written to `pipe`,
 * unless that is -1. Adds to errors and error of `load`, which is the caller's
 * own. */
void floor_do_share(struct floor_load *load, size_t share, size_t connection,
                    int pipe);

/* How many requests a connection gets: as equal shares as possible. */
size_t floor_share(const struct floor_load *load, size_t connection);

/* Waits for a child, or with -1 for any, and adds its errors, which are its
 * exit status, to those of `load`. */
int floor_status_of(const struct floor_load *load);
void floor_collect(struct floor_load *load, pid_t child);

/* A blocking socket, connected; or a negative errno. */
int floor_connect(const struct floor_load *load, size_t connection);

#ifdef __cplusplus
}
#endif

#endif
