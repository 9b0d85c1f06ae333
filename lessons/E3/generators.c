/* SPDX-License-Identifier: MIT */
/* Functions that stop in the middle, and what runs them.
 *
 *     1  iterators               something remembers where it was
 *     2  atm, seesaw             a function does: by hand
 *     3  generator_send, _close  talks to one
 *     4  get_next, make_step     waits for what one yields
 *     5  runner_run, _cancel     again and again, in a flat stack
 *
 * Each function says above its first line what it has to do. The structs are in
 * lessons/E3/frames.h, coroutines/generator.h and coroutines/runner.h. */
#ifndef STEP
#define STEP 5
#define SOLVED 5
#endif

#if STEP >= 4
#include "coroutines/runner.h"
#endif
#include "lessons/E3/frames.h"
#include "lessons/your_code.h"

#include <errno.h>

/* ---- step 1: an iterator ---- */

/* The next square in *value: 0, 1, 4, 9, … for self->i = 0, 1, 2, 3, … below
 * self->count. False when there is none any more, however often it is asked;
 * then *value stays as it is. */
bool squares_next(struct iterator *iterator, intptr_t *value)
{
    struct squares *self = container_of(iterator, struct squares, iterator);
#if SOLVED >= 1
    if (self->i >= self->count)
        return false;
    *value = self->i * self->i;
    self->i++;
    return true;
#else
    YOUR_CODE(self, value);
    return false;
#endif
}

/* self->i in *value; the next time, one more. There is always one. */
bool counter_next(struct iterator *iterator, intptr_t *value)
{
    struct counter *self = container_of(iterator, struct counter, iterator);
#if SOLVED >= 1
    *value = self->i++;
    return true;
#else
    YOUR_CODE(self, value);
    return false;
#endif
}

/* The next one of self->of, as long as self->left is not used up; each that
 * comes uses up one. False when it is, and then self->of is not even asked; and
 * false when self->of has no more. */
bool first_next(struct iterator *iterator, intptr_t *value)
{
    struct first *self = container_of(iterator, struct first, iterator);
#if SOLVED >= 1
    if (self->left <= 0 || !self->of->next(self->of, value))
        return false;
    self->left--;
    return true;
#else
    YOUR_CODE(self, value);
    return false;
#endif
}
#if STEP >= 2

/* ---- step 2: stop in the middle ---- */

/* Both functions are called once for each step. They note in f->at where they
 * are, and return through generator_yield(self, value); the next call goes on
 * behind that. Their end is generator_return(self, value).
 *
 * `got` is what is sent to the yield at which the function is; or None, at
 * the beginning. A failure ends it: generator_return(self, got). Anything else
 * is not needed here: outcome_drop(got). */

/* The bank's cash machine:
 *
 *     given = 0
 *     while not *crisis:
 *         yield "100CZK"            outcome_text("100CZK")
 *         given += 1
 *     return given                  outcome_number(f->given)
 */
struct outcome atm(struct generator *self, struct outcome got)
{
    struct atm_frame *f = container_of(self, struct atm_frame, generator);
#if SOLVED >= 2
    if (outcome_is_failure(&got))
        return generator_return(self, got);
    outcome_drop(got);
    switch (f->at) {
    case 0:
        f->given = 0;
        while (!*f->crisis) {
            f->at = 1;
            return generator_yield(self, outcome_text("100CZK"));
        case 1:
            f->given++;
        }
    }
    return generator_return(self, outcome_number(f->given));
#else
    YOUR_CODE(f, got);
    return generator_return(self, outcome_none());
#endif
}

/* Up and down:
 *
 *     for i in 1, 2, … count:
 *         yield i
 *         yield -i
 *     return None                   outcome_none()
 */
struct outcome seesaw(struct generator *self, struct outcome got)
{
    struct seesaw_frame *f = container_of(self, struct seesaw_frame, generator);
#if SOLVED >= 2
    if (outcome_is_failure(&got))
        return generator_return(self, got);
    outcome_drop(got);
    switch (f->at) {
    case 0:
        for (f->i = 1; f->i <= f->count; f->i++) {
            f->at = 1;
            return generator_yield(self, outcome_number(f->i));
        case 1:
            f->at = 2;
            return generator_yield(self, outcome_number(-f->i));
        case 2:;
        }
    }
    return generator_return(self, outcome_none());
#else
    YOUR_CODE(f, got);
    return generator_return(self, outcome_none());
#endif
}
#endif
#if STEP >= 3

/* ---- step 3: send, throw, close ---- */

/* Given: what was sent cannot be taken. */
static struct outcome refuse(struct outcome sent, const char *why)
{
    outcome_drop(sent);
    return outcome_fail(&misuse_type, -EINVAL, "%s", why);
}

/* Sends to a generator, which means, by its state:
 *
 *   suspended   it is running; generator->resume(generator, sent), and what
 *               that returns. (The new state is set in there, by
 *               generator_yield or generator_return.)
 *   new         None: the same, it begins. A failure: it is over, without
 *               having begun, and the failure comes back. Anything else:
 *               refuse(sent, "can't send non-None value to a just-started "
 *               "generator"), and it is as new as it was.
 *   over        a failure comes back, anything else is dropped: None.
 *   running     refuse(sent, "generator already executing"). Nothing else is
 *               done to it: it is in the middle of something.
 */
struct outcome generator_send(struct generator *generator, struct outcome sent)
{
#if SOLVED >= 3
    bool failed = outcome_is_failure(&sent);
    if (generator->state == GENERATOR_RUNNING)
        return refuse(sent, "generator already executing");
    if (generator->state == GENERATOR_OVER && !failed) {
        outcome_drop(sent);
        return outcome_none();
    }
    if (generator->state == GENERATOR_NEW && !failed && !outcome_is_none(&sent))
        return refuse(sent, "can't send non-None value to a just-started "
                            "generator");
    if (generator->state != GENERATOR_SUSPENDED && failed)
        return generator_return(generator, sent);
    generator->state = GENERATOR_RUNNING;
    return generator->resume(generator, sent);
#else
    YOUR_CODE(generator, sent, refuse);
    return generator_return(generator, outcome_none());
#endif
}

/* Ends a generator: one that is at a yield gets GeneratorExit there, by
 * generator_throw(generator, &failure_generator_exit), so that it can finish
 * what it has begun. What comes of that:
 *
 *   it has ended with a GeneratorExit, or has returned anything: None; for
 *   the first, outcome_failed_with(&came, &generator_exit_type) is true
 *   it has ended with another failure: that
 *   it has yielded once more: refuse(…, "generator ignored GeneratorExit")
 *
 * A new one is over, without having begun: None. One that is over: None. One
 * that runs: as generator_send has it. */
struct outcome generator_close(struct generator *generator)
{
#if SOLVED >= 3
    if (generator->state == GENERATOR_NEW)
        generator->state = GENERATOR_OVER;
    if (generator->state == GENERATOR_OVER)
        return outcome_none();
    struct outcome came = generator_throw(generator, &failure_generator_exit);
    if (generator->state == GENERATOR_SUSPENDED)
        return refuse(came, "generator ignored GeneratorExit");
    if (outcome_is_failure(&came) &&
        !outcome_failed_with(&came, &generator_exit_type))
        return came;
    outcome_drop(came);
    return outcome_none();
#else
    YOUR_CODE(generator);
    return outcome_none();
#endif
}
#endif
#if STEP >= 4

/* ---- step 4: the Runner ---- */

/* Given: nothing of it is left. */
static void let_go(struct runner *runner)
{
    runner_drop_callbacks(runner);
    generator_drop(runner->generator);
    runner->generator = NULL;
}

/* Given: the generator has ended with `came`. The Runner's owner is told, and
 * may use its storage for something else: look at it no more. */
static void finish(struct runner *runner, struct outcome came)
{
    if (!runner->had_failure)
        came = runner_check_callbacks(runner, came);
    let_go(runner);
    runner->running = false;
    runner->ended(runner, came);
}

/* Given: begins what the generator has yielded, as runner->point. None; or the
 * failure that has to go into the generator next. */
static struct outcome start_point(struct runner *runner, struct outcome came)
{
    if (came.kind == &yield_point_kind) {
        runner->point = came.pointer;
    } else if (outcome_is_pending(&came)) {
        runner->point = await_point_init(&runner->await, came.awaitable);
    } else {
        outcome_drop(came);
        return outcome_fail(&bad_yield_type, -EINVAL, "yielded unknown object");
    }
    return runner->point->ops->start(runner->point, runner);
}

/* What goes into the generator next, in *next:
 *
 *   the failure in runner->thrown, if there is one: take it, outcome_take
 *   else what has come of runner->point, if it is ready. Ask
 *        point->ops->is_ready(point), then point->ops->get_result(point), once
 *   else None, if there is no point: the generator has not begun
 *
 * False: none of these, it has to wait. A failure is noted in
 * runner->had_failure, which stays true then. */
static bool get_next(struct runner *runner, struct outcome *next)
{
#if SOLVED >= 4
    struct yield_point *point = runner->point;
    *next = outcome_take(&runner->thrown);
    if (outcome_is_none(next) && point) {
        if (!point->ops->is_ready(point))
            return false;
        *next = point->ops->get_result(point);
    }
    if (outcome_is_failure(next))
        runner->had_failure = true;
    return true;
#else
    YOUR_CODE(runner);
    *next = outcome_none();
    return false;
#endif
}

/* Sends `next` to the generator. If that is over then: finish, and false. Else
 * what it has yielded is begun, by start_point, and what comes of that is put
 * into runner->thrown: true. */
static bool make_step(struct runner *runner, struct outcome next)
{
#if SOLVED >= 4
    struct outcome came = generator_send(runner->generator, next);
    if (generator_is_over(runner->generator)) {
        finish(runner, came);
        return false;
    }
    runner->thrown = start_point(runner, came);
    return true;
#else
    YOUR_CODE(runner, next, finish, start_point);
    return false;
#endif
}

/* Given: takes over the generator. */
void runner_start(struct runner *runner, struct generator *generator,
                  void (*ended)(struct runner *self, struct outcome outcome))
{
    *runner = (struct runner){.ended = ended, .generator = generator};
    runner_run(runner);
}

/* Given: ends one that will not be moved on any more. */
void runner_close(struct runner *runner)
{
    if (!runner->generator)
        return;
    runner->running = true; /* nothing in its finally moves it on */
    await_point_leave(&runner->await);
    let_go(runner);
    runner->running = false;
}
#if STEP < 5

/* ---- given until step 5, which makes them yours ---- */

/* It is called whenever something may have become ready. Each step calls the
 * next one, so each result that is there already makes the stack deeper. */
void runner_run(struct runner *runner)
{
    struct outcome next;
    if (runner->running || !runner->generator || !get_next(runner, &next))
        return;
    runner->running = true;
    if (!make_step(runner, next))
        return;
    runner->running = false;
    runner_run(runner);
}

bool runner_cancel(struct runner *runner)
{
    (void)runner;
    return false;
}
#endif
#endif
#if STEP >= 5

/* ---- step 5: no recursion ---- */

/* It is called whenever something may have become ready; once, or for no
 * reason, or too often: also from inside the generator, by a function that
 * calls its callback at once. So:
 *
 *   nothing happens when the generator is over (there is none any more), or
 *   while runner->running, which is true for as long as this function works
 *   as long as there is something to send, it makes steps; in a loop
 *
 * After make_step has returned false, the Runner is not looked at any more. */
void runner_run(struct runner *runner)
{
#if SOLVED >= 5
    struct outcome next;
    if (runner->running || !runner->generator)
        return;
    runner->running = true;
    while (get_next(runner, &next))
        if (!make_step(runner, next))
            return;
    runner->running = false;
#else
    struct outcome next;
    if (runner->running || !runner->generator || !get_next(runner, &next))
        return;
    YOUR_CODE(runner); /* below is the recursion of step 4, to be replaced */
    runner->running = true;
    if (!make_step(runner, next))
        return;
    runner->running = false;
    runner_run(runner);
#endif
}

/* CancelledError, outcome_failure(&failure_cancelled), comes out of the yield
 * at which the generator is, at once: it is the next to be thrown, and
 * runner_run does the rest. What it has waited for is given up before, by
 * await_point_leave(&runner->await). True; but false, and nothing else, when
 * the generator is over or is running. */
bool runner_cancel(struct runner *runner)
{
#if SOLVED >= 5
    if (runner->running || !runner->generator)
        return false;
    await_point_leave(&runner->await);
    runner->thrown = outcome_failure(&failure_cancelled);
    runner_run(runner);
    return true;
#else
    YOUR_CODE(runner);
    return false;
#endif
}
#endif
