/* SPDX-License-Identifier: MIT */
/* Clients for a program that is an HTTP server, in two forms. */
#ifndef TALKS_VISIT_H
#define TALKS_VISIT_H

#include "callbacks/http_server.h"
#include "coroutines/page_server.h"
#include "talks/talk.h"

/* Listens with both, and lets clients come to the one, and when they have gone
 * to the other, each at its time on the virtual clock: one that dawdles, a
 * quick one, one that asks for a page that is not there, and one that never
 * finishes its request, and hangs up after half a minute. Prints what each of
 * them is told.
 *
 * With --stay there is no virtual clock: prints both URLs, and serves all that
 * come until Ctrl-C. 0 or a negative errno. */
int talk_visit(struct talk *talk, struct http_server *in_callbacks,
               struct page_server *with_tasks);

#endif
