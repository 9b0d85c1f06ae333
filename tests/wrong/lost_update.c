/* SPDX-License-Identifier: MIT */
/* Threads: a counter without a lock. */
#include "wrong.h"

#include <pthread.h>
#include <stddef.h>

enum { THREADS = 2, PAGES_EACH = 100 };

struct counter {
    long pages;
    pthread_mutex_t lock;
    pthread_barrier_t unlucky; /* the moment at which both have read */
};

/* pages++ is three steps. Here both threads always meet between the first and
 * the third, as two processors sooner or later do. */
static void count_page(struct counter *counter)
{
    long seen = counter->pages;
    pthread_barrier_wait(&counter->unlucky);
    counter->pages = seen + 1;
}

static void count_page_locked(struct counter *counter)
{
    pthread_mutex_lock(&counter->lock);
    counter->pages++;
    pthread_mutex_unlock(&counter->lock);
}

static void *fetch_and_count(void *counter)
{
    for (int i = 0; i < PAGES_EACH; i++)
        count_page(counter);
    return NULL;
}

static void *fetch_and_count_locked(void *counter)
{
    for (int i = 0; i < PAGES_EACH; i++)
        count_page_locked(counter);
    return NULL;
}

/* How many pages were fetched and are missing in the count? */
static long lost_pages(void *(*run)(void *counter))
{
    struct counter counter = {.lock = PTHREAD_MUTEX_INITIALIZER};
    pthread_t threads[THREADS];
    pthread_barrier_init(&counter.unlucky, NULL, THREADS);
    for (int i = 0; i < THREADS; i++)
        wrong_need(!pthread_create(&threads[i], NULL, run, &counter),
                   "pthread_create");
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    pthread_barrier_destroy(&counter.unlucky);
    return THREADS * PAGES_EACH - counter.pages;
}

static long make(void)
{
    return lost_pages(fetch_and_count);
}

static long mend(void)
{
    return lost_pages(fetch_and_count_locked);
}

int main(void)
{
    static const struct wrong lost_update = {
        .mistake = "two threads count their pages in one variable, unlocked",
        .damage = "pages of 200 missing in the count",
        .make = make,
        .mend = mend,
        .why = "both read 7, both add one, both write 8: two pages, counted "
               "as one. Nothing crashes; the number is just wrong.",
        .instead = "hold a lock around all three steps, or let one thread do "
                   "all the counting. The thread sanitizer names the line: "
                   "build with the preset tsan and run this again.",
    };
    return wrong_show(&lost_update);
}
