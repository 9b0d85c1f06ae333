/* SPDX-License-Identifier: MIT */
/* 5,000 answers that are there at once: by steps that call each other, and by
 * the Runner, which is a loop. How deep the stack is, each answer notes. */
#include "coroutines/frame.h"
#include "coroutines/yield_point.h"

#include <stdio.h>

struct handler {
    struct frame frame;
    struct task_point task;
    struct runner runner;
    int left;
};

static char *highest, *lowest;

static void note_depth(void)
{
    char here;
    char *volatile place = &here;
    highest = !highest || place > highest ? place : highest;
    lowest = !lowest || place < lowest ? place : lowest;
}

static void answer(void *context, struct runner_callback *callback)
{
    (void)context;
    note_depth();
    runner_call(callback, outcome_none());
}

static struct outcome get(struct generator *self, struct outcome got)
{
    CO_FRAME(struct handler, f);
    CO_BEGIN;
    while (f->left-- > 0)
        CO_YIELD(gen_task(&f->task, answer, NULL));
    CO_END;
}

/* Each step calls the next one. */
static void call_each_other(struct generator *generator)
{
    volatile char frame[16] = {0};
    struct outcome came = generator_send(generator, outcome_none());
    note_depth();
    if (!generator_is_over(generator))
        call_each_other(generator);
    outcome_drop(came);
    (void)frame[0];
}

static void ended(struct runner *runner, struct outcome outcome)
{
    (void)runner;
    outcome_drop(outcome);
}

static void show(const char *how)
{
    printf("%-30s %8zu bytes of stack\n", how, (size_t)(highest - lowest));
    highest = lowest = NULL;
}

int main(void)
{
    struct handler one = {.left = 5000}, two = {.left = 5000};
    call_each_other(frame_init(&one.frame, get));
    show("each step calls the next one:");
    runner_start(&two.runner, frame_init(&two.frame, get), ended);
    show("in a loop:");
    return 0;
}
