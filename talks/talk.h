/* SPDX-License-Identifier: MIT */
/* What every program of the talks needs and no slide shows: main(), a server
 * with pages, and a clock on which seconds pass at once. A program defines
 * talk_sites and talk_run.
 */
#ifndef TALKS_TALK_H
#define TALKS_TALK_H

#include "callbacks/loop.h"
#include "harness/origin/origin.h"
#include "http/exchange.h"
#include "support/scripted_selector.h"

#include <stdio.h>

enum { TALK_PAGES_MAX = 4, TALK_CALLS_MAX = 4 };

/* The pages that the program asks for, closed by NULL. They are targets on the
 * lab's own server (harness/origin/origin.h), which main() starts if there are
 * any. /hold?until=2 is the one that proves something: it is answered when two
 * requests for it wait at the same time, and not before. */
extern const char *const talk_sites[];

struct talk;

/* A site, and what has come of it. The exchange is started: a program moves its
 * bytes in the way of waiting that it shows, or fetches `request` otherwise. */
struct talk_page {
    const struct talk *talk;
    int number;         /* from 1 on */
    const char *target; /* out of talk_sites */
    struct request request;
    struct exchange exchange;
    struct buffer body; /* of the exchange; or free for use */
};

/* A call that prints its name, and reads its descriptor if it has one. */
struct talk_call {
    struct handle handle;
    struct talk *talk;
    const char *name;
    int fd; /* -1: none */
};

struct talk {
    struct talk_page pages[TALK_PAGES_MAX];
    int page_count;
    struct origin_process origin;
    bool stays; /* it is a server that serves all that come: visit.h */

    /* Unless it stays, time is virtual: selector and loop do not sleep until
     * the next timer, they move the clock there. */
    struct virtual_clock clock;
    struct script script;
    struct selector *selector; /* for a program that is a loop itself */
    struct loop *loop;         /* for all others */
    struct talk_call calls[TALK_CALLS_MAX];
    int call_count;
};

/* What the slide shows. main() calls it once, and then prints the pages whose
 * exchanges are done. 0; or a negative errno, which main() reports. */
int talk_run(struct talk *talk);

/* ---- pages ---- */

/* Prints a line about a page that a model has fetched: its number and target,
 * then status and body, or what went wrong. */
void talk_print_result(const struct talk_page *page,
                       const struct result *result);

/* Fetches a target with the client of the storey blocking/, and waits for it.
 * Appends target, status and body, or what went wrong. 0 or a negative errno.
 */
int talk_http_get(const struct talk *talk, struct slice target,
                  struct buffer *line);

/* The same for a page, into its body; and prints that. */
int talk_page_get(struct talk_page *page);
void talk_page_print(const struct talk_page *page);

/* ---- time ---- */

/* That many seconds after the beginning, on the virtual clock. */
nanos talk_second(int seconds);

/* Prints what happens, behind the time that has passed on the virtual clock. */
void talk_say(const struct talk *talk, const char *what);

/* A new call of this name, to be scheduled: the talk's own, good until the
 * program ends. There are TALK_CALLS_MAX. */
struct handle *talk_call(struct talk *talk, const char *name);

/* A new call for which talk->selector watches a descriptor, readable from the
 * beginning. 0 or a negative errno. */
int talk_event(struct talk *talk, const char *name);

#endif
