/* SPDX-License-Identifier: MIT */
/* How a callback finds what it is about. There is one convention for whatever
 * is called later, on its own account: a handle, a piece of work, a look-up, a
 * job. A small struct holds the function, is embedded in the struct that the
 * call is about, and is handed to the function, which finds the whole from it:
 *
 *     struct page {
 *         struct handle deadline;
 *         ...
 *     };
 *     static void on_deadline(struct handle *handle)
 *     {
 *         struct page *page = container_of(handle, struct page, deadline);
 *
 * So a call that is scheduled needs no memory of its own and cannot fail to be;
 * the lists it waits in are links inside it; the owner of the whole owns it,
 * too; and the compiler checks the type, which it cannot for a `void *`.
 *
 * A function with a `void *context` is for what has no such struct: a visitor
 * that is called only until the function it was given to returns (loop_each), a
 * program's own function that is run elsewhere with an argument
 * (concurrent_submit), and the hooks in options, which are copied and shared by
 * many calls (call_options). */
#ifndef BASE_CONTAINER_OF_H
#define BASE_CONTAINER_OF_H

#include <stddef.h>

/* From a member back to the struct that holds it. */
#define container_of(pointer, type, member)                                    \
    ((type *)(void *)((char *)(pointer)-offsetof(type, member)))

#endif
