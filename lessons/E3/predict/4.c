/* SPDX-License-Identifier: MIT */
/* A handler yields a fetch, and the fetch calls back. */
#include "coroutines/frame.h"
#include "coroutines/yield_point.h"

#include <stdio.h>

struct handler {
    struct frame frame;
    struct task_point task;
    struct runner runner;
};

static struct runner_callback *asked;

static void fetch(void *context, struct runner_callback *callback)
{
    (void)context;
    puts("    the fetch has begun");
    asked = callback;
}

static struct outcome get(struct generator *self, struct outcome got)
{
    CO_FRAME(struct handler, f);
    CO_BEGIN;
    puts("    the handler begins");
    CO_YIELD(gen_task(&f->task, fetch, NULL));
    printf("    the handler prints: %s\n", got.text);
    CO_END;
}

static void ended(struct runner *runner, struct outcome outcome)
{
    (void)runner;
    outcome_drop(outcome);
    puts("    the handler is over");
}

int main(void)
{
    struct handler handler;
    puts("runner_start:");
    runner_start(&handler.runner, frame_init(&handler.frame, get), ended);
    puts("the page is there, runner_call:");
    runner_call(asked, outcome_text("a page"));
    puts("answered");
    return 0;
}
