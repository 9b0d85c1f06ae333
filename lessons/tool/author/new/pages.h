/* SPDX-License-Identifier: MIT */
/* A batch of pages, fetched by one worker. */
#ifndef PAGES_H
#define PAGES_H

#include "blocking/worker.h"
#include "http/model.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Fetches what the batch has, and hands each result over to it. */
void fetch_pages(struct batch *batch, struct blocking_worker *worker);

#ifdef __cplusplus
}
#endif

#endif
