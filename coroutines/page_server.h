/* SPDX-License-Identifier: MIT */
/* A small HTTP server on streams: a Task for each connection, which reads a
 * head up to its empty line, asks for the page, and writes it. What the talks
 * show of a server fits into one function here; callbacks/http_server.h is the
 * one that has bodies, deadlines, and limits of each kind. aiohttp's web server
 * in its first years.
 *
 * Requests must not have a body: one that has is answered, and its connection
 * closed. There are no deadlines: a silent client keeps its connection.
 */
#ifndef COROUTINES_PAGE_SERVER_H
#define COROUTINES_PAGE_SERVER_H

#include "coroutines/task_server.h"
#include "http/message.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Embedded in whatever has pages, and found again with container_of. */
struct page_server {
    /* Yours, before page_server_start: appends the page that is asked for, and
     * returns the status, 200 to 599. */
    int (*answer)(struct page_server *server, const struct message *request,
                  struct buffer *page);

    /* the server's; you may read */
    struct task_server tasks;
};

/* As start_server. A head of more than streams->limit bytes is refused with
 * 431, and what is not HTTP with the status that fits. */
int page_server_start(struct page_server *server, struct streams *streams,
                      const struct address *address);

/* As task_server_close. */
void page_server_close(struct page_server *server);

#ifdef __cplusplus
}
#endif

#endif
