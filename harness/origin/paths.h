/* SPDX-License-Identifier: MIT */
/* Which behaviour a request asks for. */
#ifndef HARNESS_ORIGIN_PATHS_H
#define HARNESS_ORIGIN_PATHS_H

#include "harness/origin/asked.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Reads a request whose head is complete. What is wrong with it is said in
 * asked->refused. */
void paths_ask(struct asked *asked, const struct message *message);

#ifdef __cplusplus
}
#endif

#endif
