/* SPDX-License-Identifier: MIT */
/* What it takes to read a client: its functions, and how often the story of a
 * page goes on somewhere else. */
#ifndef HARNESS_CLAIMS_CODE_H
#define HARNESS_CLAIMS_CODE_H

#include "harness/diff/hops.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Of the parts that are about a hop: what is not, all clients have alike. */
struct code {
    size_t functions, lines;
    size_t jumps; /* waits behind which another function goes on */
    size_t waits; /* behind which the next line goes on */
};

struct code code_count(const struct hops *hops);

/* The client of that model, as it was when this program was built. 0; or a
 * negative errno: -ENOENT also when there is no such client. */
int code_count_client(const char *model, struct code *code);

#ifdef __cplusplus
}
#endif

#endif
