/* SPDX-License-Identifier: MIT */
/* A1 (blocking): One page after another
 *
 * The slide's httpGet connects, sends its request and receives the answer, and
 * all the while the program does nothing else. So the second page is asked for
 * only when the first one is done with: here each waits for the other one in
 * vain.
 *
 * Python: a socket's connect(), send() and recv(). The slide calls recv() once,
 * this program calls it until the page is whole.
 */
#include "talks/talk.h"

#include <errno.h>
#include <unistd.h>

const char *const talk_sites[] = {"/hold?until=2&for=50ms",
                                  "/hold?until=2&for=50ms", NULL};

static int http_get(struct talk_page *page)
{
    const struct address *address = &page->request.address;
    char bytes[4096];
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int error = connect(fd, &address->socket.any, address->size) ? -errno : 0;
    while (!error && !exchange_is_done(&page->exchange)) {
        struct slice out = exchange_output(&page->exchange);
        ssize_t count = out.size ? send(fd, out.data, out.size, MSG_NOSIGNAL)
                                 : recv(fd, bytes, sizeof bytes, 0);
        count = count < 0 ? -errno : count;
        if (out.size)
            exchange_sent(&page->exchange, count);
        else
            exchange_received(&page->exchange, bytes, count);
    }
    close(fd);
    return error;
}

int talk_run(struct talk *talk)
{
    int error = http_get(&talk->pages[0]);
    return error ? error : http_get(&talk->pages[1]);
}
