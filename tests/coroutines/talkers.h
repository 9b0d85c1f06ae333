/* SPDX-License-Identifier: MIT */
/* A client that sends a line and a server that sends it back, as a program in C
 * has them. */
#ifndef COROUTINES_TALKERS_H
#define COROUTINES_TALKERS_H

#include "coroutines/open_connection.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Runs both on the loop of these streams, at a port of this machine, or at the
 * path. What the client has read, or why it could not. */
OUTCOME_OWNED struct outcome talkers_run(struct streams *streams,
                                         const char *path);

/* Communicates with a program that says what it hears: the list of what it
 * said, or why that is not known. */
OUTCOME_OWNED struct outcome talkers_run_program(struct streams *streams);

#ifdef __cplusplus
}
#endif

#endif
