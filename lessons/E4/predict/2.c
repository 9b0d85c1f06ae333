/* SPDX-License-Identifier: MIT */
/* The line behind the setting, and a callback: of a Future, of a Deferred. */
#include "coroutines/future.h"
#include "deferreds/deferred.h"

#include <stdio.h>

struct setter {
    struct handle handle;
    struct future *future;
};

static void on_done(struct handle *handle)
{
    (void)handle;
    puts("  called");
}

static void set(struct handle *handle)
{
    struct setter *setter = container_of(handle, struct setter, handle);
    future_set_result(setter->future, outcome_number(1));
    puts("  set");
}

static struct outcome called(void *context, struct outcome got)
{
    (void)context;
    puts("  called");
    return got;
}

int main(void)
{
    struct loop *loop;
    struct future future;
    struct handle callback = {.run = on_done};
    struct setter setter = {{.run = set}, &future};
    if (loop_new(&loop, &epoll_selector, &monotonic_clock))
        return 1;
    puts("a Future:");
    future_init(&future, loop);
    future_add_done_callback(&future, &callback);
    loop_call_soon(loop, &setter.handle);
    loop_run(loop);
    future_unref(&future);
    loop_free(loop);

    puts("a Deferred:");
    struct deferred *deferred = deferred_new(NULL);
    if (!deferred || deferred_add_callbacks(deferred, called, NULL, NULL))
        return 1;
    deferred_callback(deferred, outcome_number(1));
    puts("  set");
    deferred_drop(deferred);
    return 0;
}
