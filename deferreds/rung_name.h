/* SPDX-License-Identifier: MIT */
/* Names for callbacks and errbacks, so that a Deferred can be drawn. As with
 * HANDLE_NAME (callbacks/handle_name.h) the name belongs to the function, and
 * takes no byte in the Deferred.
 *
 *     static struct outcome print_page(void *context, struct outcome page);
 *     RUNG_NAME(print_page);
 */
#ifndef DEFERREDS_RUNG_NAME_H
#define DEFERREDS_RUNG_NAME_H

#include "deferreds/deferred.h"

#ifdef __cplusplus
extern "C" {
#endif

struct rung_name {
    deferred_fn *fn;
    const char *name;
    const char *file; /* where it is named */
};

/* At file scope, once for a function. The linker gathers what is in a section
 * of this name into one table. */
#define RUNG_NAME(function)                                                    \
    static const struct rung_name function##_rung_name = {function, #function, \
                                                          __FILE__};           \
    static const struct rung_name *const function##_rung_entry                 \
        __attribute__((used, section("rung_names"))) = &function##_rung_name

/* NULL for a function without a name. */
const struct rung_name *rung_name_of(deferred_fn *fn);

enum { RUNG_NAME_MAX = 64 };

/* "print_page"; "at 0x…" for a function without a name; "" for NULL. Returns
 * `text`, or the name itself. */
const char *rung_name_text(deferred_fn *fn, char text[RUNG_NAME_MAX]);

#ifdef __cplusplus
}
#endif

#endif
