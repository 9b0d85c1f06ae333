/* SPDX-License-Identifier: MIT */
/* The one place where a waiting program waits: "wake me when one of these
 * descriptors is ready, or when the time is up". select, poll and epoll are
 * behind the same few functions, all in every build, chosen at run time. Python
 * has the same seam in its module `selectors`, redis in ae's aeApi
 * functions.
 *
 * A selector belongs to one thread.
 */
#ifndef NONBLOCKING_SELECTOR_H
#define NONBLOCKING_SELECTOR_H

#include "base/nanos.h"
#include "base/probe.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { SELECT_READ = 1, SELECT_WRITE = 2 };

/* One descriptor that is ready. An error or a hang-up counts as ready for
 * whatever was asked, and perhaps for what was not: the next read or write will
 * say what is wrong. */
struct selected {
    void *data;
    unsigned ready; /* SELECT_READ, SELECT_WRITE, both */
};

struct selector;

/* Called for one descriptor that is watched. It must not change the
 * selector. */
typedef void selector_show(void *context, int fd, unsigned interest,
                           void *data);

struct selector_ops {
    const char *name;

    /* 0 or a negative errno. */
    int (*open)(struct selector **selector);
    void (*close)(struct selector *selector);

    /* `interest` is what to wait for, never 0; `data` comes back in
     * struct selected. A descriptor is added once, and removed before it is
     * closed. 0; -EEXIST or -ENOENT for a descriptor added or missing; -EINVAL
     * for one that this selector cannot hold (select: FD_SETSIZE and above);
     * -ENOMEM, -ENOSPC. */
    int (*add)(struct selector *selector, int fd, unsigned interest,
               void *data);
    int (*modify)(struct selector *selector, int fd, unsigned interest,
                  void *data);
    int (*remove)(struct selector *selector, int fd);

    /* Waits until something is ready or `timeout` is over (0: only looks;
     * NEVER: as long as it takes; rounded up, so that a timer is never early
     * and never spun for). Returns how many of `events` it filled: 0 after the
     * timeout or a signal. Negative errno when it cannot wait at all. */
    int (*wait)(struct selector *selector, nanos timeout,
                struct selected *events, int capacity);

    /* For inspection: shows all that is watched, in no order. 0, or a negative
     * errno when that cannot be found out: epoll asks /proc. */
    int (*each)(struct selector *selector, selector_show *show, void *context);
};

/* What every selector begins with. */
struct selector {
    const struct selector_ops *ops;
};

extern const struct selector_ops select_selector;
extern const struct selector_ops poll_selector;
extern const struct selector_ops epoll_selector;

/* For inspection from another process (callbacks/inspected.h): where the two
 * selectors that keep a list of their own have it. */
struct select_layout {
    size_t watched; /* fd_set[2]: for reading, for writing */
    size_t data;    /* void *[FD_SETSIZE] */
    size_t end;     /* int */
};

struct poll_layout {
    size_t list;  /* struct pollfd * */
    size_t data;  /* void **, beside the list */
    size_t count; /* int */
};

extern const struct select_layout select_layout;
extern const struct poll_layout poll_layout;

static inline void selector_close(struct selector *selector)
{
    selector->ops->close(selector);
}

static inline int selector_add(struct selector *selector, int fd,
                               unsigned interest, void *data)
{
    return selector->ops->add(selector, fd, interest, data);
}

static inline int selector_modify(struct selector *selector, int fd,
                                  unsigned interest, void *data)
{
    return selector->ops->modify(selector, fd, interest, data);
}

static inline int selector_remove(struct selector *selector, int fd)
{
    return selector->ops->remove(selector, fd);
}

static inline int selector_wait(struct selector *selector, nanos timeout,
                                struct selected *events, int capacity)
{
    probe(PROBE_WAIT_BEGINS, PROBE_FOR_EVENTS, 0, 0);
    int count = selector->ops->wait(selector, timeout, events, capacity);
    probe(PROBE_WAIT_ENDS, PROBE_FOR_EVENTS, count > 0 ? (size_t)count : 0, 0);
    return count;
}

static inline int selector_each(struct selector *selector, selector_show *show,
                                void *context)
{
    return selector->ops->each(selector, show, context);
}

#ifdef __cplusplus
}
#endif

#endif
