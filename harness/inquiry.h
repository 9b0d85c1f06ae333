/* SPDX-License-Identifier: MIT */
/* Ctrl-\ as a question. SIGQUIT asks the program what it waits for, and the
 * program goes on; without this it would end with a core.
 *
 * The handler only wakes the code that answers, which must be able to read what
 * it reports: a loop, on its own thread, or a thread that waits for nothing
 * else.
 */
#ifndef HARNESS_INQUIRY_H
#define HARNESS_INQUIRY_H

#include <pthread.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* From now on SIGQUIT sets a wake-up (base/wakeup.h), for the whole process, if
 * it is not ignored. Returns its descriptor, or a negative errno. One at a
 * time. */
int inquiry_open(void);

/* From now on SIGQUIT ends the program again. */
void inquiry_close(int fd);

/* A thread that answers. */
struct inquiry {
    void (*answer)(void *context, FILE *out);
    void *context;

    /* private */
    int fd;
    int over;
    pthread_barrier_t begun;
    pthread_t thread;
};

/* With `answer` and `context` set: from now on each SIGQUIT calls answer() on a
 * thread of its own; what it prints goes to standard error, in one piece. 0 or
 * a negative errno.
 *
 * When this returns the thread is past its start, where it allocates, and holds
 * no lock until it is asked: so a program may fork. */
int inquiry_start(struct inquiry *inquiry);
void inquiry_stop(struct inquiry *inquiry);

#ifdef __cplusplus
}
#endif

#endif
