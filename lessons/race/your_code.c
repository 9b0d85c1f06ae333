/* SPDX-License-Identifier: MIT */
/* What a hole does in a race, where no check listens for it: it ends the run.
 */
#include "lessons/your_code.h"

#include "base/path.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

void your_code_reached(const char *file, int line, const char *function, ...)
{
    fprintf(stderr, "%s is not written yet: %s:%d\n", function,
            path_base_name(file), line);
    _exit(1);
}
