/* SPDX-License-Identifier: MIT */
/* A2 (processes): A pool of processes maps a function over the sites
 *
 * The slide hands a function that blocks, and the sites, to several processes.
 * The answers keep the order of the sites, though the first one takes longest.
 *
 * Python: concurrent.futures.ProcessPoolExecutor and its map(). */
#include "processes/executor.h"
#include "talks/talk.h"

#include <stdio.h>

const char *const talk_sites[] = {"/delay/50ms", "/hold?until=2&for=20s",
                                  "/hold?until=2&for=20s", NULL};

static int http_get(void *talk, struct slice site, struct buffer *response)
{
    return talk_http_get(talk, site, response);
}

static int next_site(void *context, struct slice *site)
{
    size_t *next = context;
    if (!talk_sites[*next])
        return 0;
    *site = slice_of(talk_sites[(*next)++]);
    return 1;
}

int talk_run(struct talk *talk)
{
    struct process_executor_options options = {.workers = 3, .context = talk};
    struct process_executor *executor = NULL;
    struct process_map map = {0};
    struct slice response;
    size_t next = 0;
    int error = process_executor_new(&executor, &options);
    if (!error)
        error = process_map_init(&map, executor, http_get, next_site, &next, 3);
    while (!error && process_map_next(&map, &response, &error, NEVER) && !error)
        printf("%.*s\n", (int)response.size, response.data);
    process_map_deinit(&map);
    process_executor_free(executor);
    return error;
}
