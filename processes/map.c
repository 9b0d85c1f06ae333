/* SPDX-License-Identifier: MIT */
#include "processes/executor.h"

#include <errno.h>
#include <stdlib.h>

/* Takes arguments until the window is full or there are no more. */
static void map_fill(struct process_map *map)
{
    while (!map->ended && map->count < map->window) {
        struct slice argument;
        int more = map->source(map->context, &argument);
        if (more <= 0) {
            map->ended = true;
            map->last = more;
            return;
        }
        size_t last = (map->first + map->count) % map->window;
        int error = process_executor_submit(map->executor, map->run, argument,
                                            NEVER, &map->calls[last]);
        if (error) {
            map->ended = true;
            map->last = error;
            return;
        }
        map->count++;
    }
}

int process_map_init(struct process_map *map, struct process_executor *executor,
                     process_function run, process_source *source,
                     void *context, size_t window)
{
    *map = (struct process_map){
        .executor = executor,
        .run = run,
        .source = source,
        .context = context,
        .window = window,
    };
    if (window == 0)
        return -EINVAL;
    map->calls = calloc(window, sizeof *map->calls);
    if (!map->calls)
        return -ENOMEM;
    map_fill(map);
    return 0;
}

int process_map_next(struct process_map *map, struct slice *result, int *error,
                     nanos deadline)
{
    if (map->count == 0) {
        *error = map->last;
        map->last = 0;
        return *error ? 1 : 0;
    }
    struct concurrent_future *call = map->calls[map->first];
    int missing = concurrent_future_error(call, error, deadline);
    if (missing == -ETIMEDOUT)
        return missing;
    if (missing)
        *error = missing;
    concurrent_future_unref(map->taken);
    map->taken = call;
    map->first = (map->first + 1) % map->window;
    map->count--;
    map_fill(map);
    void *bytes = NULL;
    if (!*error && !concurrent_future_result(call, &bytes, 0))
        *result = buffer_slice(bytes);
    return 1;
}

void process_map_deinit(struct process_map *map)
{
    for (size_t i = 0; i < map->count; i++) {
        struct concurrent_future *call =
            map->calls[(map->first + i) % map->window];
        concurrent_future_cancel(call);
        concurrent_future_unref(call);
    }
    concurrent_future_unref(map->taken);
    free(map->calls);
    *map = (struct process_map){.ended = true};
}
