/* SPDX-License-Identifier: MIT */
/* Threads: each one waits for its page, and the kernel sees to it that the
 * others go on meanwhile. What it costs is care with everything that two of
 * them can reach.
 *
 *     step 1    a thread for each page
 *     step 2    never more than N: a gate
 *     step 3    one sum, added to by all
 *     step 4    a pool of threads, and a queue of jobs
 *     step 5    results that come later
 *
 * Each function says above its first line what it has to do. What they share is
 * in lessons/P2/threads.h. */
#ifndef STEP
#define STEP 5
#define SOLVED 5
#endif

#include "lessons/P2/threads.h"
#include "lessons/your_code.h"

#include <errno.h>
#include <stdlib.h>

/* ---- step 1: a thread for each page ---- */

/* What a thread is started with. pthread_create hands over one pointer, and a
 * thread has to know two things. */
struct task {
    struct crew *crew;
    size_t index; /* of its page */
};

/* Given: what a thread does about its page. */
static void fetch_page(struct crew *crew, size_t index)
{
    struct page *page = &crew->pages[index];
    page->fetch(page);
#if STEP >= 3
    totals_add(&crew->totals, page->size);
#endif
#if STEP >= 2
    gate_leave(&crew->gate);
#endif
}

/* The function of a thread; its argument is a struct task. Calls fetch_page
 * for it, and frees it: no other knows it any more. Returns NULL. */
static void *run_task(void *argument)
{
#if SOLVED >= 1
    struct task *task = argument;
    fetch_page(task->crew, task->index);
    free(task);
    return NULL;
#else
    YOUR_CODE(argument, fetch_page);
    return NULL;
#endif
}

/* Starts a thread that runs run_task, with a task of its own: from malloc,
 * because this function returns, and its variables go, before the thread looks.
 * Returns 0; -ENOMEM; or what pthread_create has returned, made negative, and
 * then the task is freed here. */
static int start_task(pthread_t *thread, struct crew *crew, size_t index)
{
#if SOLVED >= 1
    struct task *task = malloc(sizeof *task);
    if (!task)
        return -ENOMEM;
    task->crew = crew;
    task->index = index;
    int error = pthread_create(thread, NULL, run_task, task);
    if (error)
        free(task);
    return -error;
#else
    YOUR_CODE(thread, crew, index, run_task);
    return -ENOSYS;
#endif
}

/* Waits until every one of these threads has ended (pthread_join). */
static void join_all(const pthread_t *threads, size_t count)
{
#if SOLVED >= 1
    for (size_t i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
#else
    YOUR_CODE(threads, count);
#endif
}

/* Given. Runs on the caller's thread. */
int fetch_all(struct crew *crew)
{
    size_t started = 0;
    pthread_t *threads = calloc(crew->count, sizeof *threads);
    int error = threads ? 0 : -ENOMEM;
    while (!error && started < crew->count) {
#if STEP >= 2
        gate_enter(&crew->gate);
#endif
        error = start_task(&threads[started], crew, started);
        started += !error;
    }
    join_all(threads, started);
    free(threads);
    return error;
}
#if STEP >= 2

/* ---- step 2: never more than N ---- */

/* Waits until fewer than gate->room are inside, and goes in. To be woken (by
 * gate->left) is not a promise: a thread that wakes has to look again, because
 * another may have been quicker. Everything here happens under gate->lock,
 * which pthread_cond_wait lets go while it waits. */
void gate_enter(struct gate *gate)
{
#if SOLVED >= 2
    pthread_mutex_lock(&gate->lock);
    while (gate->inside >= gate->room)
        pthread_cond_wait(&gate->left, &gate->lock);
    gate->inside++;
    pthread_mutex_unlock(&gate->lock);
#else
    YOUR_CODE(gate);
#endif
}

/* Goes out, and wakes one of those that wait for that. */
void gate_leave(struct gate *gate)
{
#if SOLVED >= 2
    pthread_mutex_lock(&gate->lock);
    gate->inside--;
    pthread_cond_signal(&gate->left);
    pthread_mutex_unlock(&gate->lock);
#else
    YOUR_CODE(gate);
#endif
}
#endif
#if STEP >= 3

/* ---- step 3: one sum, added to by all ---- */

/* Adds `size` to totals->bytes, by totals_load and totals_store. Many threads
 * do this at the same time, and nothing may get lost: no other thread may come
 * between the two. */
void totals_add(struct totals *totals, size_t size)
{
#if SOLVED >= 3
    pthread_mutex_lock(&totals->lock);
    totals_store(totals, totals_load(totals) + size);
    pthread_mutex_unlock(&totals->lock);
#else
    YOUR_CODE(totals, size);
#endif
}
#endif
#if STEP >= 4

/* ---- step 4: a pool of threads ---- */

/* Puts the page at the end of the queue (list_append) and wakes one of those
 * that wait for a page. Returns 0; or -ESHUTDOWN when the queue is closed, and
 * then nothing has happened. */
int job_queue_put(struct job_queue *queue, struct page *page)
{
#if SOLVED >= 4
    int error = 0;
    pthread_mutex_lock(&queue->lock);
    if (queue->closed) {
        error = -ESHUTDOWN;
    } else {
        list_append(queue, page);
        pthread_cond_signal(&queue->changed);
    }
    pthread_mutex_unlock(&queue->lock);
    return error;
#else
    YOUR_CODE(queue, page);
    return -ENOSYS;
#endif
}

/* Takes the first page (list_take); waits while there is none. Once the queue
 * is closed no thread waits any more: what is in it is still taken, and then
 * the answer is NULL. */
struct page *job_queue_take(struct job_queue *queue)
{
#if SOLVED >= 4
    pthread_mutex_lock(&queue->lock);
    while (!queue->first && !queue->closed)
        pthread_cond_wait(&queue->changed, &queue->lock);
    struct page *page = list_take(queue);
    pthread_mutex_unlock(&queue->lock);
    return page;
#else
    YOUR_CODE(queue);
    return NULL;
#endif
}

/* Closes the queue, and wakes all that wait in job_queue_take. */
void job_queue_close(struct job_queue *queue)
{
#if SOLVED >= 4
    pthread_mutex_lock(&queue->lock);
    queue->closed = true;
    pthread_cond_broadcast(&queue->changed);
    pthread_mutex_unlock(&queue->lock);
#else
    YOUR_CODE(queue);
#endif
}

/* Given: what a worker does about a page. */
static void work_on(struct pool *pool, struct page *page)
{
    page->fetch(page);
    totals_add(&pool->totals, page->size);
#if STEP >= 5
    if (page->future)
        future_set(page->future, page->size);
#endif
}

/* The function of a worker; its argument is the pool. Takes pages and calls
 * work_on for each, until there will be no more. Returns NULL. */
static void *work(void *argument)
{
#if SOLVED >= 4
    struct pool *pool = argument;
    struct page *page;
    while ((page = job_queue_take(&pool->queue)))
        work_on(pool, page);
    return NULL;
#else
    YOUR_CODE(argument, work_on);
    return NULL;
#endif
}

/* Given. All workers have the same argument, and it outlives them: here nothing
 * has to be allocated for each. */
int pool_start(struct pool *pool, size_t workers)
{
    job_queue_init(&pool->queue);
    totals_init(&pool->totals);
    pool->count = 0;
    pool->threads = calloc(workers, sizeof *pool->threads);
    int error = pool->threads ? 0 : ENOMEM;
    while (!error && pool->count < workers) {
        error = pthread_create(&pool->threads[pool->count], NULL, work, pool);
        pool->count += !error;
    }
    if (error)
        pool_finish(pool);
    return -error;
}

/* Given. */
void pool_finish(struct pool *pool)
{
    job_queue_close(&pool->queue);
    join_all(pool->threads, pool->count);
    free(pool->threads);
}
#endif
#if STEP >= 5

/* ---- step 5: results that come later ---- */

/* The page is there: notes its size, and wakes all that wait for it. The
 * future may be gone as soon as its lock is free. */
void future_set(struct future *future, size_t size)
{
#if SOLVED >= 5
    pthread_mutex_lock(&future->lock);
    future->size = size;
    future->done = true;
    pthread_cond_broadcast(&future->changed);
    pthread_mutex_unlock(&future->lock);
#else
    YOUR_CODE(future, size);
#endif
}

/* The size; waits until it is known. */
size_t future_get(struct future *future)
{
#if SOLVED >= 5
    pthread_mutex_lock(&future->lock);
    while (!future->done)
        pthread_cond_wait(&future->changed, &future->lock);
    size_t size = future->size;
    pthread_mutex_unlock(&future->lock);
    return size;
#else
    YOUR_CODE(future);
    return 0;
#endif
}

/* Has the page fetched by the pool, and its size told to the future. Returns
 * what job_queue_put returns. */
int pool_submit(struct pool *pool, struct page *page, struct future *future)
{
#if SOLVED >= 5
    page->future = future;
    return job_queue_put(&pool->queue, page);
#else
    YOUR_CODE(pool, page, future);
    return -ENOSYS;
#endif
}
#endif
