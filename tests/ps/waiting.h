/* SPDX-License-Identifier: MIT */
/* The parts of the program `waiting`. */
#ifndef TESTS_PS_WAITING_H
#define TESTS_PS_WAITING_H

#include "base/nanos.h"
#include "callbacks/outcome.h"
#include "coroutines/frame.h"
#include "coroutines/task.h"
#include "deferreds/reactor.h"
#include "http/address.h"

#include <stdbool.h>

/* Nothing here waits as long as that, for what looks at it ends it. */
#define LONG (3600 * NANOS_PER_SECOND)

/* Ends the program, with why, unless `well`. */
void must(bool well);

struct task *task_of(const char *name, struct generator *generator);

/* One that awaits this, and nothing else. */
struct task *task_that_awaits(const char *name, struct outcome what);

/* Listens at a free port of this machine, and takes no connection up. Backlog
 * 0: and is full, so no other one can be made. */
void listen_at(struct address *address, int backlog);

/* ---- others.c ---- */

/* Tasks that wait in all the ways that are not among the nine, and Runners that
 * wait at each of their yield points. */
void other_ways(struct reactor *reactor);

/* ---- deferred_ways.c ---- */

/* The same for each kind of Deferred. */
void deferred_ways(struct reactor *reactor);

#endif
