/* SPDX-License-Identifier: MIT */
/* Clients for a program that is an HTTP server. */
#ifndef TALKS_VISIT_H
#define TALKS_VISIT_H

#include "callbacks/http_server.h"
#include "talks/talk.h"

/* Lets clients come, each at its time on the virtual clock: one that dawdles, a
 * quick one, one that asks for a page that is not there, and one that never
 * finishes its request. Prints what each of them is told. When all have gone
 * the server is closed.
 *
 * With --stay there is no virtual clock: prints the URL, and serves whoever
 * comes until Ctrl-C. 0 or a negative errno. */
int talk_visit(struct talk *talk, struct http_server *server);

#endif
