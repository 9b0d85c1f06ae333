/* SPDX-License-Identifier: MIT */
/* A Future has two owners, and is counted as if it had one. The code that waits
 * gives up, and the Future goes with it, although other code still has it and
 * will set it. How often it is used after that is counted. */
#include "coroutines/future.h"

#include <stdio.h>
#include <string.h>

/* Storage that is not given back, but for a note: so what comes later is seen,
 * and harms nothing. */
struct promise {
    struct future future;
    bool gone;
};

static int used;

static void release(struct future *future)
{
    container_of(future, struct promise, future)->gone = true;
}

/* What the code does that has promised it, a second later. */
static void set(struct promise *promise, bool has_a_reference)
{
    if (promise->gone) {
        used++;
        return;
    }
    future_set_result(&promise->future, outcome_number(5));
    if (has_a_reference)
        future_unref(&promise->future);
}

static void show(const char *how, bool two)
{
    struct promise promises[10];
    used = 0;
    for (int i = 0; i < 10; i++) {
        struct promise *promise = &promises[i];
        promise->gone = false;
        future_init(&promise->future, NULL);
        promise->future.release = release;
        if (two)
            future_ref(&promise->future);
        if (i % 2) /* the code that waits gives up, before it is set */
            future_unref(&promise->future);
        set(promise, two);
        if (i % 2 == 0)
            future_unref(&promise->future);
    }
    printf("  %-22s %d of 10 set after they were gone\n", how, used);
}

int main(void)
{
    puts("Ten Futures; five times the code that waits gives up before.\n");
    show("one reference:", false);
    show("two references:", true);
    puts("\nCode that promises has it, code that waits has it: two. Each lets\n"
         "go once, in whatever order, and with the last one it ends.\n"
         "Python counts references in the same way, and does it for you.");
    return 0;
}
