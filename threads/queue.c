/* SPDX-License-Identifier: MIT */
#include "threads/queue.h"
#include "threads/thread.h"

#include <errno.h>

int thread_queue_init(struct thread_queue *queue, size_t capacity)
{
    *queue = (struct thread_queue){.capacity = capacity};
    queue->last = &queue->first;
    pthread_cond_t *conditions[] = {&queue->not_empty, &queue->not_full,
                                    &queue->all_done};
    int error = -pthread_mutex_init(&queue->lock, NULL);
    for (size_t i = 0; i < 3 && !error; i++)
        error = thread_condition_init(conditions[i]);
    return error;
}

void thread_queue_deinit(struct thread_queue *queue)
{
    pthread_cond_destroy(&queue->all_done);
    pthread_cond_destroy(&queue->not_full);
    pthread_cond_destroy(&queue->not_empty);
    pthread_mutex_destroy(&queue->lock);
}

static void append_item(struct thread_queue *queue, struct queued *item)
{
    item->next = NULL;
    *queue->last = item;
    queue->last = &item->next;
    queue->size++;
    queue->unfinished++;
}

/* Signals after unlocking, or the thread that it wakes would block on the lock.
 */
static void unlock_and_tell(struct thread_queue *queue,
                            pthread_cond_t *condition)
{
    pthread_mutex_unlock(&queue->lock);
    if (condition)
        pthread_cond_signal(condition);
}

int thread_queue_put(struct thread_queue *queue, struct queued *item,
                     nanos deadline)
{
    int error = 0;
    pthread_mutex_lock(&queue->lock);
    while (!queue->closed && queue->capacity &&
           queue->size >= queue->capacity && !error)
        error = thread_wait(&queue->not_full, &queue->lock, deadline);
    if (queue->closed)
        error = -ESHUTDOWN;
    else if (!queue->capacity || queue->size < queue->capacity)
        error = 0; /* room was made at the last moment */
    if (!error)
        append_item(queue, item);
    unlock_and_tell(queue, error ? NULL : &queue->not_empty);
    return error;
}

int thread_queue_put_anyway(struct thread_queue *queue, struct queued *item)
{
    pthread_mutex_lock(&queue->lock);
    int error = queue->closed ? -ESHUTDOWN : 0;
    if (!error)
        append_item(queue, item);
    unlock_and_tell(queue, error ? NULL : &queue->not_empty);
    return error;
}

void thread_queue_put_chain(struct thread_queue *queue, struct queued *first)
{
    pthread_mutex_lock(&queue->lock);
    while (first) {
        struct queued *next = first->next;
        append_item(queue, first);
        first = next;
    }
    unlock_and_tell(queue, &queue->not_empty);
}

static struct queued *take_first(struct thread_queue *queue)
{
    struct queued *item = queue->first;
    queue->first = item->next;
    if (!queue->first)
        queue->last = &queue->first;
    queue->size--;
    return item;
}

int thread_queue_take(struct thread_queue *queue, struct queued **item,
                      nanos deadline)
{
    int error = 0;
    pthread_mutex_lock(&queue->lock);
    queue->waiting++;
    while (!queue->first && !queue->closed && !error)
        error = thread_wait(&queue->not_empty, &queue->lock, deadline);
    queue->waiting--;
    if (queue->first) {
        *item = take_first(queue);
        error = 0;
    } else if (queue->closed) {
        error = -ESHUTDOWN;
    }
    bool others = queue->first && queue->waiting;
    unlock_and_tell(queue, error ? NULL : &queue->not_full);
    if (others) /* put_chain wakes one thread, and each wakes the next */
        pthread_cond_signal(&queue->not_empty);
    return error;
}

void thread_queue_close(struct thread_queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    queue->closed = true;
    /* Wakes all: a signal would wake one, and the others would wait for
     * ever. It is done with the lock held, which is as right and only slower,
     * because it happens once. */
    pthread_cond_broadcast(&queue->not_empty);
    pthread_cond_broadcast(&queue->not_full);
    pthread_mutex_unlock(&queue->lock);
}

size_t thread_queue_size(struct thread_queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    size_t size = queue->size;
    pthread_mutex_unlock(&queue->lock);
    return size;
}

int thread_queue_task_done(struct thread_queue *queue)
{
    int error = 0;
    pthread_mutex_lock(&queue->lock);
    if (!queue->unfinished)
        error = -EINVAL;
    else if (!--queue->unfinished)
        pthread_cond_broadcast(&queue->all_done);
    pthread_mutex_unlock(&queue->lock);
    return error;
}

void thread_queue_join(struct thread_queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    while (queue->unfinished)
        pthread_cond_wait(&queue->all_done, &queue->lock);
    pthread_mutex_unlock(&queue->lock);
}
