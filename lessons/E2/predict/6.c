/* SPDX-License-Identifier: MIT */
/* A Deferred has failed, and has no errback. */
#include "callbacks/failure.h"
#include "deferreds/deferred.h"

#include <stdio.h>

int main(void)
{
    struct deferred deferred;
    deferred_init(&deferred, NULL);
    puts("fire, with a failure");
    deferred_fire(&deferred, outcome_fail(&misuse_type, 0, "no page"));
    puts("its owner lets it go:");
    fflush(stdout);
    deferred_detach(&deferred);
    return 0;
}
