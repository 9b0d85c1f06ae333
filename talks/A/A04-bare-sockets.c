/* SPDX-License-Identifier: MIT */
/* A4 (nonblocking): Bare sockets over select, poll and epoll
 *
 * Sockets that never wait, one call that waits for all of them, and functions
 * that go on where the last event left off: the slide has no room for "such
 * monster". It is nonblocking/conn.c, and runs here over three selectors.
 *
 * Python: socket.setblocking(False), and what the modules select and selectors
 * offer. Each page waits until all three have been asked for.
 */
#include "http/page_list.h"
#include "nonblocking/monster.h"
#include "talks/talk.h"

#include <stdio.h>

const char *const talk_sites[] = {"/hold?until=3&for=20s",
                                  "/hold?until=3&for=20s",
                                  "/hold?until=3&for=20s", NULL};

static int fetch_all(struct talk *talk, const struct selector_ops *selector)
{
    const struct request *requests[TALK_PAGES_MAX] = {0};
    struct page_list list;
    size_t count = (size_t)talk->page_count;
    for (size_t i = 0; i < count; i++)
        requests[i] = &talk->pages[i].request;
    int error = page_list_init(&list, requests, count, count,
                               &call_default_options, NULL);
    if (!error)
        error = monster_run(&list.batch, selector);
    printf("%s:\n", selector->name);
    for (size_t i = 0; !error && i < count; i++)
        talk_print_result(&talk->pages[i], &list.results[i]);
    page_list_deinit(&list);
    return error;
}

int talk_run(struct talk *talk)
{
    int error = fetch_all(talk, &select_selector);
    if (!error)
        error = fetch_all(talk, &poll_selector);
    return error ? error : fetch_all(talk, &epoll_selector);
}
