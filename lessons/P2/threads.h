/* SPDX-License-Identifier: MIT */
/* Given: what the threads of this lesson share, and the functions that you
 * write in threads.c, step by step.
 *
 * What a page is and how it is fetched does not matter here: page->fetch(page)
 * blocks until it is there, as a call into the kernel does. */
#ifndef LESSONS_P2_THREADS_H
#define LESSONS_P2_THREADS_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct future;

struct page {
    void (*fetch)(struct page *page); /* blocks; fills in `size` */
    size_t size;                      /* of what came, in bytes */
    struct page *next;                /* the job queue's: step 4 */
    struct future *future;            /* of pool_submit, or NULL: step 5 */
};

/* ---- step 2: a gate that lets N in at once ---- */

struct gate {
    size_t room; /* how many may be inside */

    /* The lock must be held for these. */
    pthread_mutex_t lock;
    pthread_cond_t left; /* a thread has */
    size_t inside;
};

static inline void gate_init(struct gate *gate, size_t room)
{
    gate->room = room;
    gate->inside = 0;
    pthread_mutex_init(&gate->lock, NULL);
    pthread_cond_init(&gate->left, NULL);
}

void gate_enter(struct gate *gate);
void gate_leave(struct gate *gate);

/* ---- step 3: totals that many threads add to ---- */

struct totals {
    /* The lock must be held for `bytes`. */
    pthread_mutex_t lock;
    size_t bytes;

    void (*between)(struct totals *totals); /* the check's; else NULL */
};

static inline void totals_init(struct totals *totals)
{
    totals->bytes = 0;
    totals->between = NULL;
    pthread_mutex_init(&totals->lock, NULL);
}

/* bytes += size is three steps: load, add, store. Between the first and the
 * last another thread may run; the check sees to it that one does. */
static inline size_t totals_load(struct totals *totals)
{
    size_t bytes = totals->bytes;
    if (totals->between)
        totals->between(totals);
    return bytes;
}

static inline void totals_store(struct totals *totals, size_t bytes)
{
    if (totals->between)
        totals->between(totals);
    totals->bytes = bytes;
}

void totals_add(struct totals *totals, size_t size);

/* ---- step 1: a thread for each page ---- */

/* What all threads of one fetch_all share. */
struct crew {
    struct page *pages;
    size_t count;
    struct gate gate;     /* from step 2 on */
    struct totals totals; /* from step 3 on */
};

/* `most`: how many pages may be in flight at once. */
static inline void crew_init(struct crew *crew, struct page *pages,
                             size_t count, size_t most)
{
    crew->pages = pages;
    crew->count = count;
    gate_init(&crew->gate, most);
    totals_init(&crew->totals);
}

/* Fetches every page of the crew on a thread of its own. Returns when all these
 * threads have ended: 0, or why the next one could not be started. */
int fetch_all(struct crew *crew);

/* ---- step 4: a pool of threads, and what they have to do ---- */

struct job_queue {
    /* The lock must be held for all of these. */
    pthread_mutex_t lock;
    pthread_cond_t changed; /* there is a page, or the queue was closed */
    struct page *first, **last;
    bool closed;
};

static inline void job_queue_init(struct job_queue *queue)
{
    pthread_mutex_init(&queue->lock, NULL);
    pthread_cond_init(&queue->changed, NULL);
    queue->first = NULL;
    queue->last = &queue->first;
    queue->closed = false;
}

/* A list, and nothing more: these two neither lock nor wait. */
static inline void list_append(struct job_queue *queue, struct page *page)
{
    page->next = NULL;
    *queue->last = page;
    queue->last = &page->next;
}

/* The first page, taken out; NULL: there is none. */
static inline struct page *list_take(struct job_queue *queue)
{
    struct page *page = queue->first;
    if (!page)
        return NULL;
    queue->first = page->next;
    if (!queue->first)
        queue->last = &queue->first;
    return page;
}

int job_queue_put(struct job_queue *queue, struct page *page);
struct page *job_queue_take(struct job_queue *queue);
void job_queue_close(struct job_queue *queue);

struct pool {
    struct job_queue queue;
    struct totals totals;
    pthread_t *threads;
    size_t count;
};

/* 0, or why a thread could not be started; then there are none. */
int pool_start(struct pool *pool, size_t workers);

/* Returns when everything that was put has been fetched and all workers have
 * ended. */
void pool_finish(struct pool *pool);

/* ---- step 5: a result that is not there yet ---- */

struct future {
    /* The lock must be held for these. */
    pthread_mutex_t lock;
    pthread_cond_t changed; /* it is done */
    bool done;
    size_t size;
};

static inline void future_init(struct future *future)
{
    pthread_mutex_init(&future->lock, NULL);
    pthread_cond_init(&future->changed, NULL);
    future->done = false;
    future->size = 0;
}

void future_set(struct future *future, size_t size);
size_t future_get(struct future *future);
int pool_submit(struct pool *pool, struct page *page, struct future *future);

#ifdef __cplusplus
}
#endif

#endif
