/* SPDX-License-Identifier: MIT */
/* A wish to stop, which any thread and any signal handler may express.
 *
 * It is seen in two ways: by asking, and by a descriptor that is readable from
 * then on, so code that waits in poll, select or epoll can wait for it too. */
#ifndef BASE_CANCEL_H
#define BASE_CANCEL_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

struct cancel {
    int requested; /* use the functions: it is read and written atomically */
    int fd;        /* readable from the request on: no code reads from it */
};

/* 0 or a negative errno. */
int cancel_init(struct cancel *cancel);
void cancel_deinit(struct cancel *cancel);

/* Safe from any thread and from a signal handler. A second call has no
 * effect. */
void cancel_request(struct cancel *cancel);

/* False for NULL, which stands for work that cannot be cancelled. */
bool cancel_requested(const struct cancel *cancel);

#ifdef __cplusplus
}
#endif

#endif
