/* SPDX-License-Identifier: MIT */
/* Peers: what can do the same and is not a model of this lab. Tools of the
 * distribution are given their own command line, and say in their own words
 * what came of it; what they took, the race has to see for itself. Programs of
 * the talks, in the talks' own language, are in harness/peers/: their command
 * line and their report are those of a contestant. */
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
    const char *package; /* of Debian; NULL: none has it any more */
    const char *script;  /* in harness/peers/, of Python; NULL: a tool */
    const char *module;  /* that Python must have for it; NULL: none */
    size_t level_max;    /* more in flight it cannot have */
    bool always_keeps;   /* it opens no connection for each request */
    bool never_keeps;    /* it opens one for each, whatever is asked */
    bool by_time;        /* it runs for a time, and says how many it had */

    /* Of a tool: appends the program and its arguments. */
    void (*compose)(struct arguments *words, const struct peer_task *task);

    /* From what it printed: finished, errors, body_bytes if it tells; and
     * requests and wall_s, where it runs by time. False: it does not say. */
    bool (*read)(struct record *record, const char *said);
};

/* Closed by NULL. */
extern const struct peer *const peers[];

/* NULL when there is none of that name. */
const struct peer *peers_find(const char *name);

/* Where the program is that runs it; of a tool by PATH. False: it is not here,
 * or its module is not. */
enum { PEER_PATH_SIZE = 1024 };
bool peer_find(const struct peer *peer, char path[PEER_PATH_SIZE]);

/* Appends the program and its arguments as far as the script. */
void peer_compose_script(struct arguments *words, const struct peer *peer);

#ifdef __cplusplus
}
#endif

#endif
