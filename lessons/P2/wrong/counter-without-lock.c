/* SPDX-License-Identifier: MIT */
/* Four threads count pages in one variable, without a lock. Nothing crashes.
 * The number is too small, and another one each time. */
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

enum { THREADS = 4, PAGES_EACH = 250000, RUNS = 4, SELDOM = 1000 };

struct counter {
    pthread_mutex_t lock;
    pthread_barrier_t start; /* all together */
    /* volatile, so that the compiler leaves every step as it is. */
    volatile long pages;
};

/* Load, add, store. Sooner or later the kernel takes the processor away between
 * the first and the last; so that we do not have to wait for it, it is asked
 * to, at one page of a thousand. */
static void count_page(struct counter *counter, int page)
{
    long seen = counter->pages;
    if (page % SELDOM == 0)
        sched_yield();
    counter->pages = seen + 1;
}

/* Wrong: another thread counts in between. */
static void *count_without_lock(void *argument)
{
    struct counter *counter = argument;
    pthread_barrier_wait(&counter->start);
    for (int i = 0; i < PAGES_EACH; i++)
        count_page(counter, i);
    return NULL;
}

/* Right: the lock is held for all three steps. */
static void *count_with_lock(void *argument)
{
    struct counter *counter = argument;
    pthread_barrier_wait(&counter->start);
    for (int i = 0; i < PAGES_EACH; i++) {
        pthread_mutex_lock(&counter->lock);
        count_page(counter, i);
        pthread_mutex_unlock(&counter->lock);
    }
    return NULL;
}

/* How many pages of a million are missing in the count. */
static long lost(void *(*count)(void *counter))
{
    struct counter counter = {.lock = PTHREAD_MUTEX_INITIALIZER};
    pthread_t threads[THREADS];
    pthread_barrier_init(&counter.start, NULL, THREADS);
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, count, &counter))
            exit(1);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    pthread_barrier_destroy(&counter.start);
    return THREADS * (long)PAGES_EACH - counter.pages;
}

static void show(const char *how, void *(*count)(void *counter))
{
    printf("  %-14s", how);
    for (int i = 0; i < RUNS; i++)
        printf("%9ld", lost(count));
    puts(" lost");
}

int main(void)
{
    puts("Four threads count a million pages, in one variable; four times:\n");
    show("without a lock", count_without_lock);
    show("with a lock", count_with_lock);
    puts(
        "\nTwo threads load the same number, both add 1, and both store the\n"
        "same: two pages, counted as one. No tool that looks at results finds\n"
        "this every time; the thread sanitizer looks at which held what lock,\n"
        "and finds it even when nothing was lost.");
    return 0;
}
