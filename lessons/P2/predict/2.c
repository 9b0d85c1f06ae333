/* SPDX-License-Identifier: MIT */
/* One place becomes free, and both that wait for it are woken. Once each goes
 * in when it is woken, and once each looks again first. */
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>

enum { WAITERS = 2 };

struct room {
    /* The lock must be held for these. */
    pthread_mutex_t lock;
    pthread_cond_t changed, free;
    int free_places, waiting, woken, went_in;
    bool look_again, closing;
};

static void wait_once(struct room *room)
{
    room->waiting++;
    pthread_cond_signal(&room->changed);
    pthread_cond_wait(&room->free, &room->lock);
    room->woken++;
    pthread_cond_signal(&room->changed);
}

static void *enter(void *argument)
{
    struct room *room = argument;
    pthread_mutex_lock(&room->lock);
    if (room->look_again)
        while (!room->closing && room->free_places <= 0)
            wait_once(room);
    else if (room->free_places <= 0)
        wait_once(room);
    if (!room->closing) {
        room->free_places--;
        room->went_in++;
    }
    pthread_mutex_unlock(&room->lock);
    return NULL;
}

static void wait_until(struct room *room, const int *number)
{
    while (*number < WAITERS)
        pthread_cond_wait(&room->changed, &room->lock);
}

static int how_many_go_in(bool look_again)
{
    struct room room = {.lock = PTHREAD_MUTEX_INITIALIZER,
                        .changed = PTHREAD_COND_INITIALIZER,
                        .free = PTHREAD_COND_INITIALIZER,
                        .look_again = look_again};
    pthread_t threads[WAITERS];
    for (int i = 0; i < WAITERS; i++)
        if (pthread_create(&threads[i], NULL, enter, &room))
            return -1;
    pthread_mutex_lock(&room.lock);
    wait_until(&room, &room.waiting);
    room.free_places = 1;
    pthread_cond_broadcast(&room.free); /* "free!" */
    wait_until(&room, &room.woken);
    pthread_mutex_unlock(&room.lock);

    /* A thread that still waits ends. */
    pthread_mutex_lock(&room.lock);
    while (room.went_in + room.waiting < WAITERS + room.woken)
        pthread_cond_wait(&room.changed, &room.lock);
    room.closing = true;
    pthread_cond_broadcast(&room.free);
    pthread_mutex_unlock(&room.lock);
    for (int i = 0; i < WAITERS; i++)
        pthread_join(threads[i], NULL);
    return room.went_in;
}

int main(void)
{
    puts("One place, two that wait for it, and both are woken:");
    printf("  each goes in when it is woken:  %d went in\n",
           how_many_go_in(false));
    printf("  each looks again first:         %d went in\n",
           how_many_go_in(true));
    return 0;
}
