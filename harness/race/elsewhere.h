/* SPDX-License-Identifier: MIT */
/* A server that is not the race's own: where it is, and what its page is. */
#ifndef HARNESS_RACE_ELSEWHERE_H
#define HARNESS_RACE_ELSEWHERE_H

#include "blocking/worker.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Is the server on this machine, that is, does every address of its host belong
 * to this machine? A FETCH_ error when it has no address, or this machine
 * refuses to look; then *is_here says nothing. */
enum fetch_error elsewhere_look(const char *url, bool *is_here);

/* Fetches the page twice. *size is that of its body if both were the same; else
 * negative. False, with a sentence, when there is no page to race for. */
bool elsewhere_learn(struct blocking_worker *worker, const char *url,
                     long long *size, struct buffer *why);

#ifdef __cplusplus
}
#endif

#endif
