/* SPDX-License-Identifier: MIT */
/* Names for handles, so that a running program can be asked what it waits for.
 * The function of a handle says what the handle is for. So the name belongs to
 * the function, and takes no space in the handle.
 *
 *     static void on_deadline(struct handle *handle);
 *     HANDLE_NAME(on_deadline, "the deadline of a page", NULL);
 */
#ifndef CALLBACKS_HANDLE_NAME_H
#define CALLBACKS_HANDLE_NAME_H

#include "callbacks/loop.h"

#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

struct handle_name {
    void (*run)(struct handle *handle);
    const char *function;
    const char *name;
    /* Says more about one handle, in the same line: which page, which peer. May
     * be NULL. */
    void (*describe)(const struct handle *handle, FILE *out);
};

/* At file scope, once for a function that is some handle's run. The linker
 * gathers what is in a section of this name into one table, of pointers,
 * because a compiler may leave gaps between structs. */
#define HANDLE_NAME(function, name, describe)                                  \
    static const struct handle_name function##_name = {function, #function,    \
                                                       name, describe};        \
    static const struct handle_name *const function##_entry                    \
        __attribute__((used, section("handle_names"))) = &function##_name

/* NULL for a function without a name. */
const struct handle_name *handle_name_of(void (*run)(struct handle *handle));

enum { HANDLE_NAME_MAX = 80 };

/* "on_deadline, the deadline of a page", or the address of a function without a
 * name. Returns `text`. */
const char *handle_name_text(void (*run)(struct handle *handle),
                             char text[HANDLE_NAME_MAX]);

#ifdef __cplusplus
}
#endif

#endif
