/* SPDX-License-Identifier: MIT */
/* A3 (threads): A pool of threads maps a function; then a thread for each site
 *
 * On the slide only the name of the pool changes, and threads of one process do
 * what processes did. The contract is the same, down to the order of answers.
 *
 * Python: concurrent.futures.ThreadPoolExecutor(5); threading.Thread. */
#include "talks/talk.h"
#include "threads/futures.h"
#include "threads/thread.h"

const char *const talk_sites[] = {"/delay/50ms", "/hold?until=2&for=20s",
                                  "/hold?until=2&for=20s", NULL};

static int http_get(void *page, void **response)
{
    *response = page;
    return talk_page_get(page);
}

static void *thread(void *page)
{
    return talk_page_get(page) ? NULL : page;
}

int talk_run(struct talk *talk)
{
    void *list[] = {&talk->pages[0], &talk->pages[1], &talk->pages[2]}, *page;
    struct executor *pool = NULL;
    struct concurrent_map map = {0};
    pthread_t threads[3];
    int count = 0, error = executor_new(&pool, 5, 0);
    if (!error)
        error = concurrent_map_init(&map, pool, http_get, list, 3, NULL, NEVER);
    while (!error && concurrent_map_next(&map, &page, &error) && !error)
        talk_page_print(page);
    concurrent_map_deinit(&map);
    executor_free(pool);
    for (; !error && count < 3; count += !error)
        error = thread_start(&threads[count], thread, list[count]);
    for (int i = 0; i < count; i++)
        if (!pthread_join(threads[i], &page) && page)
            talk_page_print(page);
    return error;
}
