/* SPDX-License-Identifier: MIT */
#include "harness/claims/mechanisms.h"

#include "base/clock.h"
#include "callbacks/loop.h"
#include "coroutines/frame.h"
#include "coroutines/future.h"
#include "coroutines/runner.h"
#include "coroutines/yield_point.h"
#include "deferreds/deferred.h"

#include <errno.h>
#include <unistd.h>

/* ---- steps of which one fails: callbacks ---- */

struct chore {
    int step, fails_at;
    int heard; /* how many failures reached the handler */
};

static int do_step(struct chore *chore)
{
    return chore->step++ == chore->fails_at ? -EIO : 0;
}

/* Its author meant to handle errors at the end. But each step before would have
 * to pass them on to that. */
static void on_step(struct chore *chore, int error)
{
    if (chore->step == CHORE_STEPS)
        chore->heard += error != 0;
    else if (!error)
        on_step(chore, do_step(chore));
}

int heard_by_callbacks(void)
{
    int heard = 0;
    for (int i = 0; i < CHORE_STEPS; i++) {
        struct chore chore = {.fails_at = i};
        on_step(&chore, do_step(&chore));
        heard += chore.heard;
    }
    return heard;
}

/* ---- a Deferred ---- */

static struct outcome step_of_deferred(void *context, struct outcome none)
{
    return do_step(context) ? outcome_errno(-EIO) : none;
}

static struct outcome on_failure(void *context, struct outcome failure)
{
    struct chore *chore = context;
    chore->heard++;
    outcome_drop(failure);
    return outcome_none();
}

int heard_by_deferred(void)
{
    int heard = 0;
    for (int i = 0; i < CHORE_STEPS; i++) {
        struct chore chore = {.fails_at = i};
        struct deferred *deferred = deferred_new(NULL);
        int error = deferred ? 0 : -ENOMEM;
        for (int step = 0; !error && step < CHORE_STEPS; step++)
            error = deferred_add_callback(deferred, step_of_deferred, &chore);
        if (!error)
            error = deferred_add_errback(deferred, on_failure, &chore);
        if (!error)
            deferred_callback(deferred, outcome_none());
        if (deferred)
            deferred_drop(deferred);
        heard += chore.heard;
    }
    return heard;
}

/* ---- a generator ---- */

struct steps {
    struct frame frame;
    int i;
};

/* A failure that comes out of a yield ends the generator, without any code for
 * that here. */
static struct outcome steps(struct generator *self, struct outcome got)
{
    CO_FRAME(struct steps, f);
    CO_BEGIN;
    for (f->i = 0; f->i < CHORE_STEPS; f->i++)
        CO_YIELD(outcome_none());
    CO_END;
}

int heard_by_generator(void)
{
    int heard = 0;
    for (int i = 0; i < CHORE_STEPS; i++) {
        struct steps mine;
        struct chore chore = {.fails_at = i};
        struct generator *generator = frame_init(&mine.frame, steps);
        struct outcome came = generator_send(generator, outcome_none());
        while (!generator_is_over(generator))
            came =
                generator_send(generator, do_step(&chore) ? outcome_errno(-EIO)
                                                          : outcome_none());
        heard += outcome_is_failure(&came);
        outcome_drop(came);
    }
    return heard;
}

/* ---- two that want the same result ---- */

enum { THE_RESULT = 42 };

/* Uses the result and returns nothing, as print() does. */
static struct outcome read_it(void *context, struct outcome result)
{
    int *readers = context;
    *readers += result.kind == &number_kind && result.number == THE_RESULT;
    outcome_drop(result);
    return outcome_none();
}

int readers_of_deferred(void)
{
    int readers = 0;
    struct deferred *deferred = deferred_new(NULL);
    if (!deferred)
        return -1;
    int error = 0;
    for (int i = 0; i < READERS && !error; i++)
        error = deferred_add_callback(deferred, read_it, &readers);
    deferred_callback(deferred, outcome_number(THE_RESULT));
    deferred_detach(deferred);
    return error ? -1 : readers;
}

struct reader {
    struct handle handle;
    struct future *future;
    int *readers;
};

static void on_future(struct handle *handle)
{
    struct reader *reader = container_of(handle, struct reader, handle);
    const struct outcome *result;
    if (!future_result(reader->future, &result))
        *reader->readers +=
            result->kind == &number_kind && result->number == THE_RESULT;
}

static int let_read(struct loop *loop, struct future *future)
{
    int readers = 0;
    struct reader all[READERS] = {0};
    for (int i = 0; i < READERS; i++) {
        all[i].handle.run = on_future;
        all[i].future = future;
        all[i].readers = &readers;
        future_add_done_callback(future, &all[i].handle);
    }
    (void)future_set_result(future, outcome_number(THE_RESULT));
    return loop_run(loop) ? -1 : readers;
}

int readers_of_future(void)
{
    struct loop *loop;
    if (loop_new(&loop, &epoll_selector, &monotonic_clock))
        return -1;
    struct future *future = future_new(loop);
    int readers = future ? let_read(loop, future) : -1;
    if (future)
        future_unref(future);
    loop_free(loop);
    return readers;
}

/* ---- a chain of Deferreds ---- */

static struct outcome ask_other(void *context, struct outcome none)
{
    (void)none;
    return outcome_deferred(context);
}

int deferred_is_chained(void)
{
    int readers = 0;
    struct deferred *outer = deferred_new(NULL), *inner = deferred_new(NULL);
    if (!outer || !inner)
        return -1;
    (void)deferred_add_callback(outer, ask_other, inner);
    (void)deferred_add_callback(outer, read_it, &readers);
    deferred_callback(outer, outcome_none());
    bool waited = readers == 0;
    deferred_callback(inner, outcome_number(THE_RESULT));
    deferred_detach(outer);
    return waited && readers == 1;
}

int asked_of_deferred(void)
{
    int before = 0, after = 0;
    struct deferred *first = deferred_new(NULL), *second = deferred_new(NULL);
    if (!first || !second)
        return -1;
    (void)deferred_add_callback(first, read_it, &before);
    deferred_callback(first, outcome_number(THE_RESULT));
    deferred_callback(second, outcome_number(THE_RESULT));
    (void)deferred_add_callback(second, read_it, &after);
    deferred_detach(first);
    deferred_detach(second);
    return before + after;
}

/* ---- what a generator can wait for ---- */

struct waiting {
    struct frame frame;
    struct runner runner;
    struct task_point task;
    struct deferred *deferred;
    struct future *future;
    int kinds;
};

static void call_back(void *context, struct runner_callback *callback)
{
    (void)context;
    runner_call(callback, outcome_number(THE_RESULT));
}

static void note_kind(struct waiting *waiting, const struct outcome *got)
{
    waiting->kinds += got->kind == &number_kind && got->number == THE_RESULT;
}

static struct outcome wait_for_each(struct generator *self, struct outcome got)
{
    CO_FRAME(struct waiting, f);
    CO_BEGIN;
    CO_YIELD(gen_task(&f->task, call_back, f));
    note_kind(f, &got);
    CO_YIELD(outcome_deferred(f->deferred));
    note_kind(f, &got);
    CO_YIELD(future_await(f->future));
    note_kind(f, &got);
    CO_END;
}

static void on_end(struct runner *runner, struct outcome came)
{
    (void)runner;
    outcome_drop(came);
}

static int wait_on(struct loop *loop)
{
    struct waiting waiting = {.deferred = deferred_new(NULL),
                              .future = future_new(loop)};
    if (!waiting.deferred || !waiting.future)
        return -1;
    deferred_callback(waiting.deferred, outcome_number(THE_RESULT));
    (void)future_set_result(waiting.future, outcome_number(THE_RESULT));
    runner_start(&waiting.runner, frame_init(&waiting.frame, wait_for_each),
                 on_end);
    int error = loop_run(loop);
    future_unref(waiting.future);
    return error ? -1 : waiting.kinds;
}

int kinds_of_waits(void)
{
    struct loop *loop;
    if (loop_new(&loop, &epoll_selector, &monotonic_clock))
        return -1;
    int kinds = wait_on(loop);
    loop_free(loop);
    return kinds;
}

/* ---- wherever there is a selector ---- */

struct byte_reader {
    struct watch watch;
    struct loop *loop;
    bool ran;
};

static void on_readable(struct handle *handle)
{
    struct byte_reader *reader =
        container_of(handle, struct byte_reader, watch.handle);
    reader->ran = true;
    (void)loop_watch(reader->loop, &reader->watch, 0);
}

static bool runs_on(const struct selector_ops *selector, int fd)
{
    struct byte_reader reader = {
        .watch = {.handle = {.run = on_readable}, .fd = fd}};
    if (loop_new(&reader.loop, selector, &monotonic_clock))
        return false;
    int error = loop_watch(reader.loop, &reader.watch, SELECT_READ);
    if (!error)
        error = loop_run(reader.loop);
    loop_free(reader.loop);
    return !error && reader.ran;
}

int selectors_that_do(void)
{
    const struct selector_ops *const all[SELECTORS] = {
        &select_selector, &poll_selector, &epoll_selector};
    int ends[2], count = 0;
    if (pipe(ends))
        return -1;
    if (write(ends[1], "", 1) == 1)
        for (int i = 0; i < SELECTORS; i++)
            count += runs_on(all[i], ends[0]);
    close(ends[0]);
    close(ends[1]);
    return count;
}
