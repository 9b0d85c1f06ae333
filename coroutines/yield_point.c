/* SPDX-License-Identifier: MIT */
/* The yield points, and other functions of a Runner that need only the core,
 * whether that is ours or a learner's. */
#include "coroutines/yield_point.h"

#include "callbacks/wait_shape.h"
#include "deferreds/list.h"

#include <errno.h>

const struct kind yield_point_kind = {.name = "yield point"};

const struct failure_type key_reuse_type = {"KeyReuseError", NULL};
const struct failure_type unknown_key_type = {"UnknownKeyError", NULL};
const struct failure_type leaked_callback_type = {"LeakedCallbackError", NULL};
const struct failure_type bad_yield_type = {"BadYieldError", NULL};

static struct outcome outcome_of(struct yield_point *point)
{
    return outcome_value(&yield_point_kind, point);
}

/* ---- several results as one ---- */

/* Takes the result over, even if there was no memory for the list. */
static void keep_result(struct outcome_list *list, size_t at,
                        struct outcome result)
{
    if (list)
        list->outcomes[at] = result;
    else
        outcome_drop(result);
}

static struct outcome list_or_failure(struct outcome_list *list)
{
    struct outcome failure = outcome_none();
    if (!list)
        return outcome_failure(&failure_no_memory);
    for (size_t i = 0; i < list->count && outcome_is_none(&failure); i++)
        if (outcome_is_failure(&list->outcomes[i]))
            failure = outcome_take(&list->outcomes[i]);
    struct outcome all = outcome_value(&list_kind, list);
    if (outcome_is_none(&failure))
        return all;
    outcome_drop(all);
    return failure;
}

void runner_call_with(struct runner_callback *callback, size_t count,
                      const struct outcome *arguments)
{
    if (count < 2) {
        runner_call(callback, count ? arguments[0] : outcome_none());
        return;
    }
    struct outcome_list *list = outcome_list_new(count);
    for (size_t i = 0; i < count; i++)
        keep_result(list, i, arguments[i]);
    runner_call(callback, list ? outcome_value(&list_kind, list)
                               : outcome_failure(&failure_no_memory));
}

/* ---- keys ---- */

/* An unknown key is not a reason to wait: its result is a failure. */
static bool key_is_ready(const struct runner *runner, const char *key)
{
    const struct runner_callback *callback = runner_find(runner, key);
    return !callback || callback->called;
}

static struct outcome unknown_key(const char *key)
{
    return outcome_fail(&unknown_key_type, -ENOENT, "key %s is not pending",
                        key);
}

static struct outcome pop_key(const struct runner *runner, const char *key)
{
    struct runner_callback *callback = runner_find(runner, key);
    return callback ? runner_pop(callback) : unknown_key(key);
}

/* ---- Callback ---- */

static struct callback_point *callback_of(const struct yield_point *self)
{
    return container_of(self, struct callback_point, point);
}

static struct outcome callback_start(struct yield_point *self,
                                     struct runner *runner)
{
    struct callback_point *point = callback_of(self);
    return runner_register(runner, &point->callback, point->key);
}

static bool callback_is_ready(const struct yield_point *self)
{
    (void)self;
    return true;
}

static struct outcome callback_result(struct yield_point *self)
{
    return outcome_borrowed(&callback_of(self)->callback);
}

static const struct yield_point_ops callback_ops = {
    .start = callback_start,
    .is_ready = callback_is_ready,
    .get_result = callback_result,
};
WAIT_SHAPE(callback_ops, "Callback", struct callback_point, point,
           WAIT_PART(WAIT_TEXT, struct callback_point, key));

struct outcome gen_callback(struct callback_point *point, const char *key)
{
    point->point.ops = &callback_ops;
    point->key = key;
    return outcome_of(&point->point);
}

/* ---- Wait ---- */

static struct wait_point *wait_of(const struct yield_point *self)
{
    return container_of(self, struct wait_point, point);
}

static struct outcome wait_start(struct yield_point *self,
                                 struct runner *runner)
{
    wait_of(self)->runner = runner;
    return outcome_none();
}

static bool wait_is_ready(const struct yield_point *self)
{
    return key_is_ready(wait_of(self)->runner, wait_of(self)->key);
}

static struct outcome wait_result(struct yield_point *self)
{
    return pop_key(wait_of(self)->runner, wait_of(self)->key);
}

static const struct yield_point_ops wait_ops = {
    .start = wait_start,
    .is_ready = wait_is_ready,
    .get_result = wait_result,
};
WAIT_SHAPE(wait_ops, "Wait", struct wait_point, point,
           WAIT_PART(WAIT_TEXT, struct wait_point, key));

struct outcome gen_wait(struct wait_point *point, const char *key)
{
    *point = (struct wait_point){.point.ops = &wait_ops, .key = key};
    return outcome_of(&point->point);
}

/* ---- WaitAll ---- */

static struct wait_all_point *wait_all_of(const struct yield_point *self)
{
    return container_of(self, struct wait_all_point, point);
}

static struct outcome wait_all_start(struct yield_point *self,
                                     struct runner *runner)
{
    wait_all_of(self)->runner = runner;
    return outcome_none();
}

/* Begins where it stopped before: what is ready stays ready. */
static bool wait_all_is_ready(const struct yield_point *self)
{
    struct wait_all_point *all = wait_all_of(self);
    while (all->ready < all->count &&
           key_is_ready(all->runner, all->keys[all->ready]))
        all->ready++;
    return all->ready == all->count;
}

/* With an unknown key among them no result is taken, as in Tornado. */
static struct outcome wait_all_result(struct yield_point *self)
{
    const struct wait_all_point *all = wait_all_of(self);
    for (size_t i = 0; i < all->count; i++)
        if (!runner_find(all->runner, all->keys[i]))
            return unknown_key(all->keys[i]);
    struct outcome_list *list = outcome_list_new(all->count);
    for (size_t i = 0; i < all->count; i++)
        keep_result(list, i, pop_key(all->runner, all->keys[i]));
    return list_or_failure(list);
}

static const struct yield_point_ops wait_all_ops = {
    .start = wait_all_start,
    .is_ready = wait_all_is_ready,
    .get_result = wait_all_result,
};
WAIT_SHAPE(wait_all_ops, "WaitAll", struct wait_all_point, point,
           {WAIT_TEXTS, offsetof(struct wait_all_point, keys),
            offsetof(struct wait_all_point, count), sizeof(char *), 0});

struct outcome gen_wait_all(struct wait_all_point *point,
                            const char *const *keys, size_t count)
{
    *point = (struct wait_all_point){
        .point.ops = &wait_all_ops, .keys = keys, .count = count};
    return outcome_of(&point->point);
}

/* ---- Task ---- */

static struct task_point *task_of(const struct yield_point *self)
{
    return container_of(self, struct task_point, point);
}

static struct outcome task_start(struct yield_point *self,
                                 struct runner *runner)
{
    struct task_point *task = task_of(self);
    struct outcome came = runner_register(runner, &task->callback, NULL);
    task->function(task->context, &task->callback);
    return came;
}

static bool task_is_ready(const struct yield_point *self)
{
    return task_of(self)->callback.called;
}

static struct outcome task_result(struct yield_point *self)
{
    return runner_pop(&task_of(self)->callback);
}

static const struct yield_point_ops task_ops = {
    .start = task_start,
    .is_ready = task_is_ready,
    .get_result = task_result,
};
WAIT_SHAPE(task_ops, "Task", struct task_point, point,
           WAIT_PART(WAIT_UNLESS, struct task_point, callback.called),
           WAIT_PART(WAIT_FUNCTION, struct task_point, function));

struct outcome gen_task(struct task_point *point, gen_function *function,
                        void *context)
{
    point->point.ops = &task_ops;
    point->function = function;
    point->context = context;
    return outcome_of(&point->point);
}

/* ---- Multi ---- */

static struct multi_point *multi_of(const struct yield_point *self)
{
    return container_of(self, struct multi_point, point);
}

static struct yield_point *child_of(const struct multi_point *multi, size_t at)
{
    return multi->children[at].pointer;
}

static struct outcome multi_start(struct yield_point *self,
                                  struct runner *runner)
{
    const struct multi_point *multi = multi_of(self);
    struct outcome came = outcome_none();
    for (size_t i = 0; i < multi->count; i++)
        if (multi->children[i].kind != &yield_point_kind)
            return outcome_fail(&bad_yield_type, -EINVAL,
                                "a child of Multi is not a yield point");
    for (size_t i = 0; i < multi->count && outcome_is_none(&came); i++)
        came = child_of(multi, i)->ops->start(child_of(multi, i), runner);
    return came;
}

/* As in WaitAll, so that a thousand children take a thousand checks, not a
 * million. */
static bool multi_is_ready(const struct yield_point *self)
{
    struct multi_point *multi = multi_of(self);
    while (multi->ready < multi->count &&
           child_of(multi, multi->ready)
               ->ops->is_ready(child_of(multi, multi->ready)))
        multi->ready++;
    return multi->ready == multi->count;
}

static struct outcome multi_result(struct yield_point *self)
{
    const struct multi_point *multi = multi_of(self);
    struct outcome_list *list = outcome_list_new(multi->count);
    for (size_t i = 0; i < multi->count; i++)
        keep_result(list, i,
                    child_of(multi, i)->ops->get_result(child_of(multi, i)));
    return list_or_failure(list);
}

static const struct yield_point_ops multi_ops = {
    .start = multi_start,
    .is_ready = multi_is_ready,
    .get_result = multi_result,
};
WAIT_SHAPE(multi_ops, "Multi", struct multi_point, point,
           {WAIT_SEVERAL, offsetof(struct multi_point, children),
            offsetof(struct multi_point, count), sizeof(struct outcome),
            offsetof(struct outcome, pointer)});

struct outcome gen_multi(struct multi_point *point,
                         const struct outcome *children, size_t count)
{
    *point = (struct multi_point){
        .point.ops = &multi_ops, .children = children, .count = count};
    return outcome_of(&point->point);
}
