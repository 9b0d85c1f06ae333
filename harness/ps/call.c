/* SPDX-License-Identifier: MIT */
/* The descriptors for which a thread waits in its system call. */
#include "harness/ps/look.h"

#include "nonblocking/epoll_entry.h"
#include "nonblocking/selector.h"

#include <poll.h>
#include <string.h>
#include <sys/select.h>

/* How many descriptors are shown. */
enum { TOLD_MAX = 4 };

struct told {
    struct target *target;
    char *text; /* of SHOWN_TEXT */
    int count;
};

static void tell_event(struct told *told, int fd, unsigned interest)
{
    size_t used = strlen(told->text);
    char what[SHOWN_NAME];
    if (told->count++ == TOLD_MAX)
        snprintf(told->text + used, SHOWN_TEXT - used, ", ...");
    if (told->count > TOLD_MAX)
        return;
    snprintf(told->text + used, SHOWN_TEXT - used, "%sfd %d %s%s%s (%s)",
             used ? ", " : "", fd, interest & SELECT_READ ? "readable" : "",
             interest == (SELECT_READ | SELECT_WRITE) ? " or " : "",
             interest & SELECT_WRITE ? "writable" : "",
             look_descriptor(told->target, fd, what));
}

static unsigned interest_of(unsigned events)
{
    return (events & POLLIN ? SELECT_READ : 0u) |
           (events & POLLOUT ? SELECT_WRITE : 0u);
}

/* The kernel, too, leaves out negative descriptors. */
static void tell_poll(struct told *told, struct target *target, place list,
                      place count)
{
    struct pollfd one;
    for (place i = 0; i < count && told->count <= TOLD_MAX; i++)
        if (!target_read(target, list + i * sizeof one, &one, sizeof one))
            return;
        else if (one.fd >= 0)
            tell_event(told, one.fd, interest_of((unsigned)one.events));
}

/* The kernel changes the sets only at the end of the wait. */
static void tell_select(struct told *told, struct target *target, place end,
                        place readable, place writable)
{
    fd_set sets[2];
    FD_ZERO(&sets[0]);
    FD_ZERO(&sets[1]);
    if (readable)
        target_read(target, readable, &sets[0], sizeof sets[0]);
    if (writable)
        target_read(target, writable, &sets[1], sizeof sets[1]);
    for (int fd = 0; fd < (int)end && fd < FD_SETSIZE; fd++) {
        unsigned interest = (FD_ISSET(fd, &sets[0]) ? SELECT_READ : 0u) |
                            (FD_ISSET(fd, &sets[1]) ? SELECT_WRITE : 0u);
        if (interest)
            tell_event(told, fd, interest);
    }
}

/* The bits are those of poll. */
static void tell_epoll(struct told *told, int epoll)
{
    char line[256];
    struct epoll_entry entry;
    snprintf(line, sizeof line, "/proc/%d/fdinfo/%d", (int)told->target->pid,
             epoll);
    FILE *list = target_file(told->target, line);
    while (list && fgets(line, sizeof line, list))
        if (epoll_entry_read(&entry, line))
            tell_event(told, entry.fd, interest_of(entry.events));
    if (list)
        fclose(list);
}

const char *look_call(struct target *target, const struct thread_state *state,
                      char text[SHOWN_TEXT])
{
    const place *given = state->arguments;
    struct told told = {target, text, 0};
    bool unstable = target->unstable;
    *text = '\0';
    switch (system_call_kind(state->call)) {
    case CALL_READS:
        tell_event(&told, (int)given[0], SELECT_READ);
        break;
    case CALL_WRITES:
        tell_event(&told, (int)given[0], SELECT_WRITE);
        break;
    case CALL_POLLS:
        tell_poll(&told, target, given[0], given[1]);
        break;
    case CALL_SELECTS:
        tell_select(&told, target, given[0], given[1], given[2]);
        break;
    case CALL_EPOLLS:
        tell_epoll(&told, (int)given[0]);
        break;
    case CALL_THREADS:
        snprintf(text, SHOWN_TEXT, "another thread");
        break;
    case CALL_OTHER:
        break;
    }
    target->unstable = unstable;
    return text;
}
