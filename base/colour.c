/* SPDX-License-Identifier: MIT */
#include "base/colour.h"

#include <stdlib.h>
#include <unistd.h>

static bool is_set(const char *name)
{
    const char *value = getenv(name);
    return value && *value;
}

/* A stream in memory has no descriptor, and isatty(-1) is false. Nor has stdout
 * after output_init, but we know where that goes. */
bool colour_is_wanted(FILE *out)
{
    if (is_set("NO_COLOR"))
        return false;
    return is_set("CLICOLOR_FORCE") ||
           isatty(out == stdout ? STDOUT_FILENO : fileno(out));
}
