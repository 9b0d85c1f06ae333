/* SPDX-License-Identifier: MIT */
/* Peers: programs that are not ours and can do the same. Tools of the
 * distribution are given their own command line, and say in their own words
 * what came of it; what they took, the race has to see for itself. */
#ifndef HARNESS_RACE_PEERS_H
#define HARNESS_RACE_PEERS_H

#include "base/program.h"
#include "harness/race/record.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a tool is to do. */
struct peer_task {
    const char *url;
    size_t concurrency, requests;
    bool keep_alive;
};

struct peer {
    const char *name, *summary;
    const char *package; /* of Debian */
    size_t level_max;    /* more in flight it cannot have */
    bool always_keeps;   /* it opens no connection for each request */
    bool by_time;        /* it runs for a time, and says how many it had */

    /* Appends the program and its arguments. */
    void (*compose)(struct arguments *words, const struct peer_task *task);

    /* From what it printed: finished, errors, body_bytes if it tells; and
     * requests and wall_s, where it runs by time. False: it does not say. */
    bool (*read)(struct record *record, const char *said);
};

/* Closed by NULL. */
extern const struct peer *const peers[];

/* NULL when there is none of that name. */
const struct peer *peers_find(const char *name);

/* Where its program is, by PATH. False: it is not here. */
enum { PEER_PATH_SIZE = 1024 };
bool peer_find(const struct peer *peer, char path[PEER_PATH_SIZE]);

#ifdef __cplusplus
}
#endif

#endif
