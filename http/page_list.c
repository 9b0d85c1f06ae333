/* SPDX-License-Identifier: MIT */
#include "http/page_list.h"

#include "base/container_of.h"

#include <errno.h>
#include <stdlib.h>

static bool list_next(struct batch *batch, struct job *job)
{
    struct page_list *list = container_of(batch, struct page_list, batch);
    if (list->handed_out == list->count)
        return false;
    size_t index = list->handed_out++;
    *job = (struct job){.index = index, .request = list->requests[index]};
    return true;
}

static void list_done(struct batch *batch, size_t index, struct result *result)
{
    struct page_list *list = container_of(batch, struct page_list, batch);
    result_move(&list->results[index], result);
    list->finished++;
}

int page_list_init(struct page_list *list,
                   const struct request *const *requests, size_t count,
                   size_t concurrency, const struct call_options *options,
                   struct cancel *cancel)
{
    *list = (struct page_list){
        .batch = {.concurrency = concurrency,
                  .options = options,
                  .cancel = cancel,
                  .next = list_next,
                  .done = list_done},
        .requests = requests,
        .count = count,
    };
    /* One more than needed, so that calloc does not return NULL for an empty
     * list. */
    list->results = calloc(count + 1, sizeof *list->results);
    if (!list->results)
        return -ENOMEM;
    for (size_t i = 0; i < count; i++) {
        result_init(&list->results[i]);
        /* A job that is never handed out keeps this result. */
        result_fail(&list->results[i], FETCH_CANCELLED, 0);
    }
    return 0;
}

void page_list_deinit(struct page_list *list)
{
    for (size_t i = 0; list->results && i < list->count; i++)
        result_deinit(&list->results[i]);
    free(list->results);
    *list = (struct page_list){0};
}
