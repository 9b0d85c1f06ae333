/* SPDX-License-Identifier: MIT */
#include "coroutines/future_set.h"

#include "callbacks/handle_name.h"

#include <errno.h>
#include <stdlib.h>

static void on_done(struct handle *handle)
{
    struct set_member *member = container_of(handle, struct set_member, handle);
    member->set->done(member->set, member->future);
}
HANDLE_NAME(on_done, "one of several Futures", NULL);

void futures_unref(struct future *const *futures, size_t count)
{
    for (size_t i = 0; i < count; i++)
        future_unref(futures[i]);
}

int future_set_init(struct future_set *set, struct future *const *futures,
                    size_t count, future_set_done *done)
{
    *set = (struct future_set){.done = done};
    if (!count)
        return 0;
    set->members = malloc(count * sizeof *set->members);
    if (!set->members) {
        futures_unref(futures, count);
        return -ENOMEM;
    }
    set->count = count;
    for (size_t i = 0; i < count; i++) {
        set->members[i] =
            (struct set_member){{.run = on_done}, set, futures[i]};
        future_add_done_callback(futures[i], &set->members[i].handle);
    }
    return 0;
}

void future_set_deinit(struct future_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        struct set_member *member = &set->members[i];
        future_remove_done_callback(member->future, &member->handle);
        future_unref(member->future);
    }
    free(set->members);
    *set = (struct future_set){0};
}

struct future *future_set_at(const struct future_set *set, size_t index)
{
    return set->members[index].future;
}
