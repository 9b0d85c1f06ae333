/* SPDX-License-Identifier: MIT */
#include "processes/executor.h"

#include <errno.h>
#include <stdlib.h>

/* Asks for arguments until the window is full or there are no more. */
static void fill(struct process_map *map)
{
    while (!map->ended && map->count < map->window) {
        struct slice argument;
        int more = map->source(map->context, &argument);
        if (more <= 0) {
            map->ended = more ? more : -ENODATA;
            return;
        }
        size_t last = (map->first + map->count) % map->window;
        int error = process_executor_submit(map->executor, map->run, argument,
                                            NEVER, &map->calls[last]);
        if (error)
            map->ended = error;
        else
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
    fill(map);
    return 0;
}

int process_map_next(struct process_map *map, struct slice *result,
                     nanos deadline)
{
    if (map->count == 0) {
        int last = map->ended;
        map->ended = -ENODATA;
        return last;
    }
    struct concurrent_future *call = map->calls[map->first];
    int failed;
    int error = concurrent_future_error(call, &failed, deadline);
    if (error == -ETIMEDOUT)
        return error;
    concurrent_future_unref(map->taken);
    map->taken = call;
    map->first = (map->first + 1) % map->window;
    map->count--;
    fill(map);
    void *bytes = NULL;
    error = concurrent_future_result(call, &bytes, 0);
    if (!error)
        *result = buffer_slice(bytes);
    return error;
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
    *map = (struct process_map){.ended = -ENODATA};
}
