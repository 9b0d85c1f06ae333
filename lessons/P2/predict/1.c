/* SPDX-License-Identifier: MIT */
/* Four threads, and each is handed the address of the loop's variable. Done
 * again and again: what did the four read there? */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { THREADS = 4, ROUNDS = 2000, KINDS = 200, SHOWN = 5 };

/* What came out of a round, as "1 2 2 4", and how often it did. */
struct kind {
    char pages[16];
    int times;
};

static int pages[THREADS];
static int count;

/* Atomic, because what two threads do to a plain int at the same time C does
 * not even define. It changes nothing about what is read. */
static void *fetch(void *argument)
{
    const int *i = argument;
    int page = __atomic_load_n(i, __ATOMIC_RELAXED);
    pages[__atomic_fetch_add(&count, 1, __ATOMIC_RELAXED)] = page;
    return NULL;
}

static void start_four(void)
{
    pthread_t threads[THREADS];
    int i = 0;
    count = 0;
    for (; i < THREADS; __atomic_fetch_add(&i, 1, __ATOMIC_RELAXED))
        if (pthread_create(&threads[i], NULL, fetch, &i))
            return;
    for (int j = 0; j < THREADS; j++)
        pthread_join(threads[j], NULL);
}

static void note(struct kind kinds[KINDS])
{
    char text[sizeof kinds->pages];
    snprintf(text, sizeof text, "%d %d %d %d", pages[0], pages[1], pages[2],
             pages[3]);
    for (int i = 0; i < KINDS; i++)
        if (!kinds[i].times || !strcmp(kinds[i].pages, text)) {
            memcpy(kinds[i].pages, text, sizeof text);
            kinds[i].times++;
            return;
        }
}

int main(void)
{
    static struct kind kinds[KINDS];
    for (int round = 0; round < ROUNDS; round++) {
        start_four();
        note(kinds);
    }
    printf("%d times, four threads with &i. They fetched:\n\n", ROUNDS);
    for (int shown = 0; shown < SHOWN; shown++) {
        struct kind *most = kinds;
        for (int i = 0; i < KINDS; i++)
            if (kinds[i].times > most->times)
                most = &kinds[i];
        if (most->times)
            printf("  %s  %6d times\n", most->pages, most->times);
        most->times = 0;
    }
    puts("\nThere are pages 0 to 3, and each was to be fetched once.");
    return 0;
}
