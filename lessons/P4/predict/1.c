/* SPDX-License-Identifier: MIT */
/* From the dispatcher that a method is handed to the object around it. */
#include "nonblocking/asyncore.h"

#include <stddef.h>
#include <stdio.h>

struct counter {
    struct dispatcher dispatcher;
    int reads;
};

struct the_other_way_round {
    int reads;
    struct dispatcher dispatcher;
};

int main(void)
{
    puts("bytes from the object to its dispatcher:");
    printf("  the dispatcher first   %zu\n",
           offsetof(struct counter, dispatcher));
    printf("  reads first            %zu\n",
           offsetof(struct the_other_way_round, dispatcher));
    return 0;
}
