/* SPDX-License-Identifier: MIT */
/* A signal as a call of the loop: asyncio's add_signal_handler (LO8). What the
 * signal does to the program between two instructions, this does between two
 * calls, so it may touch whatever the loop's other callbacks touch.
 *
 * It is a signalfd: the signal is blocked, and the loop reads it. That takes no
 * handler, and nothing that waits is interrupted. The block is the calling
 * thread's, and that of the threads and children which it starts; so begin with
 * it before there are threads (ours take no signals from outside anyway). A
 * program that is started with subprocess.h has nothing blocked.
 */
#ifndef CALLBACKS_SIGNAL_HANDLER_H
#define CALLBACKS_SIGNAL_HANDLER_H

#include "callbacks/loop.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The storage is the caller's, from add until remove. All zero but `signalled`
 * is ready for use. */
struct signal_handler {
    /* yours: on the loop's thread. It may remove and free the handler. Several
     * signals of one number that come before the loop looks are one call, as
     * always on POSIX. */
    void (*signalled)(struct signal_handler *handler);

    /* the handler's; you may read */
    int number; /* of its signal; 0: not added */
    struct loop *loop;
    struct watch watch;
    bool was_blocked; /* before */
};

/* From now on the signal is such a call, also if it was ignored before. It
 * counts as something left to do for the loop. One handler at a time for each
 * signal, whatever loops there are.
 *
 * 0; -EINVAL for what is not a signal, or is one that cannot be caught
 * (SIGKILL, SIGSTOP) or that a thread causes by its own doing (SIGSEGV …);
 * -EBUSY when the signal has a handler; or another negative errno. After an
 * error all is as it was. Contract: this one is not added already. */
int signal_handler_add(struct signal_handler *handler, struct loop *loop,
                       int number);

/* The signal does again what it did before. One that has come and was not told
 * yet is forgotten. Harmless on one that is not added; must be done before the
 * loop is freed. Only on the thread that has added it. */
void signal_handler_remove(struct signal_handler *handler);

#ifdef __cplusplus
}
#endif

#endif
