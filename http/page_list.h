/* SPDX-License-Identifier: MIT */
/* The plainest batch: a list of requests, and a result for each of them. For
 * lessons, short programs and tests. */
#ifndef HTTP_PAGE_LIST_H
#define HTTP_PAGE_LIST_H

#include "http/model.h"

#ifdef __cplusplus
extern "C" {
#endif

struct page_list {
    struct batch batch;
    const struct request *const *requests; /* borrowed */
    size_t count;
    size_t handed_out;
    size_t finished;
    /* One per request, in the order of the requests. Until a request has come
     * back, its result says FETCH_CANCELLED. */
    struct result *results;
};

/* `requests` is an array of `count` pointers, borrowed as long as the list is
 * used; so are options and cancel. 0 or -ENOMEM. */
int page_list_init(struct page_list *list,
                   const struct request *const *requests, size_t count,
                   size_t concurrency, const struct call_options *options,
                   struct cancel *cancel);

/* Frees the results too. */
void page_list_deinit(struct page_list *list);

#ifdef __cplusplus
}
#endif

#endif
