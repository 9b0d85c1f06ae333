/* SPDX-License-Identifier: MIT */
/* How hard a client is to read: its functions, and how often a page goes on in
 * another place. */
#ifndef HARNESS_CLAIMS_CODE_H
#define HARNESS_CLAIMS_CODE_H

#include "harness/diff/hops.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Counts only the parts that are about a hop: the rest is alike in all
 * clients. */
struct code {
    size_t functions, lines;
    size_t jumps; /* waits after which another function goes on */
    size_t waits; /* waits after which the next line goes on */
};

struct code code_count(const struct hops *hops);

/* The client of that model, as it was when this program was built. 0; or a
 * negative errno: -ENOENT also when there is no such client. */
int code_count_client(const char *model, struct code *code);

#ifdef __cplusplus
}
#endif

#endif
