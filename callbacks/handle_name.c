/* SPDX-License-Identifier: MIT */
#include "callbacks/handle_name.h"

#include <stdint.h>

/* The linker's: the table begins and ends here. Weak, for a program may have
 * none. */
extern const struct handle_name *const __start_handle_names[]
    __attribute__((weak));
extern const struct handle_name *const __stop_handle_names[]
    __attribute__((weak));

const struct handle_name *handle_name_of(void (*run)(struct handle *handle))
{
    for (const struct handle_name *const *name = __start_handle_names;
         name < __stop_handle_names; name++)
        if ((*name)->run == run)
            return *name;
    return NULL;
}

const char *handle_name_text(void (*run)(struct handle *handle),
                             char text[HANDLE_NAME_MAX])
{
    const struct handle_name *name = handle_name_of(run);
    if (name)
        snprintf(text, HANDLE_NAME_MAX, "%s, %s", name->function, name->name);
    else
        snprintf(text, HANDLE_NAME_MAX, "a function at %#jx",
                 (uintmax_t)(uintptr_t)run);
    return text;
}
