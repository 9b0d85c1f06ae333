/* SPDX-License-Identifier: MIT */
/* What has gone wrong, or is worth a note, where there is no caller to return
 * it to: a Deferred that fails without an errback, a server out of descriptors,
 * a callback that held up its loop. asyncio's call_exception_handler with its
 * context, and set_exception_handler (LO5).
 *
 * A callback of ours returns nothing: one that fails calls the handler itself,
 * and the loop goes on.
 *
 * A loop belongs to one thread, so the handler belongs to the thread: what is
 * told runs on the thread where it happened, and needs no lock.
 */
#ifndef CALLBACKS_EXCEPTION_HANDLER_H
#define CALLBACKS_EXCEPTION_HANDLER_H

#include "callbacks/failure.h"
#include "callbacks/loop.h"

#ifdef __cplusplus
extern "C" {
#endif

/* All of it is lent for the call. A field that is not known is NULL, or 0. */
struct exception_context {
    const char *message;                 /* one line; always there */
    void (*call)(struct handle *handle); /* the callback that it is about; it is
                                          * told by its name (handle_name.h) */
    const struct failure *failure;
    int error; /* a negative errno, when `failure` is NULL */
};

/* Embedded in whatever handles exceptions, and found again with
 * container_of. */
struct exception_handler {
    /* 0; or a negative errno when it could not do its work: then the default
     * handler reports what happened, and that error. */
    int (*handle)(struct exception_handler *handler,
                  const struct exception_context *context);
};

/* Tells this thread's handler. */
void exception_handler_call(const struct exception_context *context);

/* Replaces this thread's handler, and returns what was there before. NULL is
 * the default one. Borrowed until it is replaced. Begins to count anew. */
struct exception_handler *
exception_handler_set(struct exception_handler *handler);

/* An error that happens again and again would flood the terminal. So only this
 * many of a thread's contexts are printed on standard error, and then a line
 * that says that there are more. */
enum { EXCEPTIONS_SHOWN = 20 };

/* The default handler, which another handler may call, too. It prints on
 * standard error:
 *
 *     slow call: it took 203 ms, and nothing else on its loop could run
 *       call: on_deadline, the deadline of a page */
void exception_handler_default(const struct exception_context *context);

#ifdef __cplusplus
}
#endif

#endif
