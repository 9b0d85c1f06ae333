/* SPDX-License-Identifier: MIT */
/* What a hole does in a race, where no check listens for it: it ends the run.
 */
#include "lessons/your_code.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

void your_code_reached(const char *file, int line, const char *function, ...)
{
    const char *slash = strrchr(file, '/');
    fprintf(stderr, "%s is not written yet: %s:%d\n", function,
            slash ? slash + 1 : file, line);
    _exit(1);
}
