/* SPDX-License-Identifier: MIT */
#include "talks/coroutine.h"

#include "callbacks/offload.h"

#include "base/contract.h"

#include <stdlib.h>

static void print(struct outcome outcome)
{
    struct buffer text = {0};
    outcome_print(&outcome, &text);
    printf("%.*s", (int)text.size, text.data);
    buffer_deinit(&text);
    outcome_drop(outcome);
}

void talk_print_outcome(struct outcome outcome)
{
    print(outcome);
    printf("\n");
}

void talk_print_values(struct generator *generator, int most)
{
    struct outcome value;
    int i = 0;
    for (; i < most && generator_next(generator, &value); i++) {
        print(value);
        printf(" ");
    }
    if (i < most) {
        printf("= ");
        print(value);
    }
    printf("\n");
}

int talk_complete(struct talk *talk, struct generator *generator)
{
    struct outcome came = run_until_complete(talk->loop, generator);
    int code = 0;
    if (outcome_is_failure(&came)) {
        code = came.failure->code;
        talk_print_outcome(came);
    } else {
        outcome_drop(came);
    }
    return code;
}

static nanos in_nanos(double seconds)
{
    return (nanos)(seconds * (double)NANOS_PER_SECOND);
}

int talk_complete_with_threads(struct talk *talk, struct generator *generator,
                               struct offloader **threads)
{
    int error = offloader_new(threads, talk->loop, 1);
    if (error) {
        generator_drop(generator);
        return error;
    }
    error = talk_complete(talk, generator);
    offloader_free(*threads);
    return error;
}

struct outcome talk_sleep(struct talk *talk, double seconds)
{
    return sleep_for(talk->loop, in_nanos(seconds));
}

/* A program this small cannot go on without memory, so it ends. */
static void *new_of(size_t size)
{
    void *memory = malloc(size);
    REQUIRE(memory, "a talk: there is memory");
    return memory;
}

struct outcome talk_future(struct future *future)
{
    return future ? outcome_pending(&future->awaitable)
                  : outcome_failure(&failure_no_memory);
}

struct outcome talk_task(struct loop *loop, struct generator *generator)
{
    struct task *task = task_new(loop, generator);
    return talk_future(task ? task_future(task) : NULL);
}

void talk_say_value(const struct talk *talk, const char *name,
                    const struct outcome *value)
{
    struct buffer line = {0};
    if (!buffer_print(&line, "%s is ", name)) {
        outcome_print(value, &line);
        if (!buffer_terminate(&line))
            talk_say(talk, line.data);
    }
    buffer_deinit(&line);
}

/* ---- calls that are made once ---- */

struct once {
    struct handle handle;
    void (*call)(void *context);
    void *context;
};

static void call_once(struct handle *handle)
{
    struct once once = *container_of(handle, struct once, handle);
    free(container_of(handle, struct once, handle));
    once.call(once.context);
}

void talk_call_later(struct talk *talk, double seconds,
                     void (*call)(void *context), void *context)
{
    struct once *once = new_of(sizeof *once);
    *once = (struct once){{.run = call_once}, call, context};
    loop_call_at(talk->loop, &once->handle,
                 loop_time(talk->loop) + in_nanos(seconds));
}

/* It has a reference of the Future. */
struct done {
    struct handle handle;
    struct future *future;
    void (*done)(void *context, struct future *future);
    void *context;
};

static void on_done(struct handle *handle)
{
    struct done *it = container_of(handle, struct done, handle);
    it->done(it->context, it->future);
    future_unref(it->future);
    free(it);
}

void talk_add_done_callback(struct future *future,
                            void (*done)(void *context, struct future *future),
                            void *context)
{
    struct done *it = new_of(sizeof *it);
    *it = (struct done){{.run = on_done}, future_ref(future), done, context};
    future_add_done_callback(future, &it->handle);
}

/* ---- a function that calls back ---- */

struct division {
    void (*cb)(void *context, int result, const char *error);
    void *context;
    int by;
};

static void divide(void *context)
{
    struct division it = *(struct division *)context;
    free(context);
    if (it.by)
        it.cb(it.context, 42 / it.by, NULL);
    else
        it.cb(it.context, 0, "division by zero");
}

void true_async_function(struct talk *talk, int by,
                         void (*cb)(void *context, int result,
                                    const char *error),
                         void *context)
{
    struct division *division = new_of(sizeof *division);
    *division = (struct division){cb, context, by};
    talk_call_later(talk, 0, divide, division);
}
