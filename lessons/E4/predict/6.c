/* SPDX-License-Identifier: MIT */
/* A Future fails, and no code asks. */
#include "coroutines/future.h"

#include <errno.h>
#include <stdio.h>

int main(void)
{
    struct future future;
    setvbuf(stdout, NULL, _IOLBF, 0);
    future_init(&future, NULL);
    future_ref(&future);
    puts("it has two owners, and fails");
    future_finish(&future, outcome_fail(&system_type, -EIO, "lost"));
    puts("the first one lets go");
    future_unref(&future);
    puts("the last one lets go");
    future_unref(&future);
    puts("(the report went to stderr)");
    return 0;
}
