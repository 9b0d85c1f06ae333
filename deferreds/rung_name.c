/* SPDX-License-Identifier: MIT */
#include "deferreds/rung_name.h"

#include <stdio.h>

/* The linker's: the table begins and ends here. Weak, for a program may have
 * none. */
extern const struct rung_name *const __start_rung_names[] __attribute__((weak));
extern const struct rung_name *const __stop_rung_names[] __attribute__((weak));

const struct rung_name *rung_name_of(deferred_fn *fn)
{
    for (const struct rung_name *const *name = __start_rung_names;
         name < __stop_rung_names; name++)
        if ((*name)->fn == fn)
            return *name;
    return NULL;
}

const char *rung_name_text(deferred_fn *fn, char text[RUNG_NAME_MAX])
{
    const struct rung_name *name = fn ? rung_name_of(fn) : NULL;
    if (name)
        return name->name;
    text[0] = '\0';
    if (fn)
        snprintf(text, RUNG_NAME_MAX, "at %#jx", (uintmax_t)(uintptr_t)fn);
    return text;
}
