/* SPDX-License-Identifier: MIT */
/* Peers: programs that can do the same and are not models of this lab. Tools of
 * the distribution have their own command lines and report results in their own
 * formats; what they took, the race measures from outside. Programs of the
 * talks, in the talks' own language, are in harness/peers/; they have the
 * command line and the report of a contestant. */
#ifndef HARNESS_RACE_PEERS_H
#define HARNESS_RACE_PEERS_H

#include "base/program.h"
#include "harness/race/record.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The task of a tool. */
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
    size_t level_max;    /* the most that it can have in flight */
    bool always_keeps;   /* it cannot open a connection for each request */
    bool never_keeps;    /* it always opens one for each request */
    bool by_time;        /* it runs for a time, and says how many it had */

    /* Of a tool: appends the program and its arguments. */
    void (*compose)(struct arguments *words, const struct peer_task *task);

    /* Reads its output: finished, errors, body_bytes if it is there; and
     * requests and wall_s, if it runs by time. False: the figures are
     * missing. */
    bool (*read)(struct record *record, const char *said);
};

/* Closed by NULL. */
extern const struct peer *const peers[];

/* NULL when there is none of that name. */
const struct peer *peers_find(const char *name);

/* The path of the program that runs it; tools are looked up in PATH. 0; -ENOENT
 * when it is not installed, or its module is not; another negative errno when
 * this machine could not look. */
enum { PEER_PATH_SIZE = 1024 };
int peer_find(const struct peer *peer, char path[PEER_PATH_SIZE]);

/* Appends the program and its arguments as far as the script. */
void peer_compose_script(struct arguments *words, const struct peer *peer);

#ifdef __cplusplus
}
#endif

#endif
