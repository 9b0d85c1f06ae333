/* SPDX-License-Identifier: MIT */
/* /fixed, at the cost of the simplest server: one receive, one comparison, one
 * send. A request is parsed once; when the same bytes come again they get the
 * same answer. */
#ifndef HARNESS_ORIGIN_FIXED_H
#define HARNESS_ORIGIN_FIXED_H

#include "harness/origin/asked.h"

struct connection;
struct run;

enum { FIXED_BODY = 1024, FIXED_REQUEST_MAX = 1024, FIXED_WIRE_MAX = 1280 };

struct fixed {
    size_t request_size; /* 0: none has been seen */
    size_t wire_size;
    struct run *run; /* of that request */
    char request[FIXED_REQUEST_MAX];
    char wire[FIXED_WIRE_MAX]; /* the answer, head and body */
};

/* 0 or -ENOMEM. */
int fixed_init(struct fixed *fixed, uint64_t seed);

/* `raw` was parsed, and is a plain request for /fixed. */
void fixed_remember(struct fixed *fixed, struct slice raw, struct run *run);

/* Forgets a run that is gone, so that no pointer to it is left. */
void fixed_forget_run(void *fixed, const struct run *run);

/* Do the bytes begin with the request that was remembered? */
static inline bool fixed_matches(const struct fixed *fixed, const char *data,
                                 size_t size)
{
    return fixed->request_size && size >= fixed->request_size &&
           !memcmp(data, fixed->request, fixed->request_size);
}

/* Answers it at once, on a connection that reads. 0 or -ENOMEM. */
int fixed_answer(struct connection *connection);

#endif
