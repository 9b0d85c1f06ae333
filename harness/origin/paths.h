/* SPDX-License-Identifier: MIT */
/* Finds the behaviour that a request asks for. */
#ifndef HARNESS_ORIGIN_PATHS_H
#define HARNESS_ORIGIN_PATHS_H

#include "harness/origin/asked.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Reads a request whose head is complete. If something is wrong with it,
 * asked->refused says what. */
void paths_ask(struct asked *asked, const struct message *message);

#ifdef __cplusplus
}
#endif

#endif
