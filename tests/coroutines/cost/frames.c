/* SPDX-License-Identifier: MIT */
/* Frames that all are at a yield, and what they take of the memory that this
 * process has; the pointers to them are not counted. */
#include "coroutines/frame.h"
#include "costs.h"
#include "harness/race/memory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct two_words {
    struct frame frame;
    intptr_t first, second;
};

/* Yields once; what it returns shows that its words have lasted. */
static struct outcome two_words(struct generator *self, struct outcome got)
{
    CO_FRAME(struct two_words, f);
    CO_BEGIN;
    f->second = f->first + 1;
    CO_YIELD(outcome_none());
    CO_RETURN(outcome_number(f->second - f->first));
    CO_END;
}

/* Returns how many were made. */
static int begin_all(struct two_words **frames, int count)
{
    struct outcome none;
    for (int i = 0; i < count; i++) {
        frames[i] = malloc(sizeof *frames[i]);
        if (!frames[i])
            return i;
        frames[i]->first = i;
        (void)generator_next(frame_init(&frames[i]->frame, two_words), &none);
    }
    return count;
}

/* Returns how many were still as they had been left. */
static int end_all(struct two_words **frames, int count)
{
    int lasted = 0;
    for (int i = 0; i < count; i++) {
        struct outcome came;
        if (!generator_next(&frames[i]->frame.generator, &came))
            lasted += came.number == 1;
        outcome_drop(came);
        free(frames[i]);
    }
    return lasted;
}

static int measure(struct two_words **frames, int count)
{
    memset(frames, 1, (size_t)count * sizeof *frames); /* it is there by now */
    int64_t before = memory_pss(getpid());
    int made = begin_all(frames, count);
    int64_t after = memory_pss(getpid());
    int lasted = end_all(frames, made);
    if (made < count)
        return -ENOMEM;
    if (before < 0 || after < 0)
        return (int)(before < 0 ? before : after);
    if (lasted < count)
        return -EBADMSG;
    printf("%d frames with two words of locals\n"
           "  of %zu bytes each, alive at once: %.1f MB, goal 128 MB for a "
           "million\n",
           count, sizeof *frames[0], (double)(after - before) / 1e6);
    return 0;
}

int frames_alive(int count)
{
    struct two_words **frames = malloc((size_t)count * sizeof *frames);
    int error = frames ? measure(frames, count) : -ENOMEM;
    free(frames);
    return error;
}
