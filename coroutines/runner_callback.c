/* SPDX-License-Identifier: MIT */
/* Functions to be called, which a Runner keeps in an intrusive list. Needs only
 * the core, whether that is ours or a learner's. */
#include "base/contract.h"
#include "coroutines/runner.h"

#include <errno.h>
#include <string.h>

struct runner_callback *runner_find(const struct runner *runner,
                                    const char *key)
{
    struct runner_callback *it = runner->pending;
    while (it && !(it->key && !strcmp(it->key, key)))
        it = it->next;
    return it;
}

struct outcome runner_register(struct runner *runner,
                               struct runner_callback *callback,
                               const char *key)
{
    if (key && runner_find(runner, key))
        return outcome_fail(&key_reuse_type, -EEXIST,
                            "key %s is already pending", key);
    *callback = (struct runner_callback){
        .runner = runner, .key = key, .next = runner->pending};
    if (runner->pending)
        runner->pending->previous = callback;
    runner->pending = callback;
    return outcome_none();
}

struct outcome runner_pop(struct runner_callback *callback)
{
    if (callback->previous)
        callback->previous->next = callback->next;
    else
        callback->runner->pending = callback->next;
    if (callback->next)
        callback->next->previous = callback->previous;
    callback->runner = NULL;
    return outcome_take(&callback->result);
}

void runner_call(struct runner_callback *callback, struct outcome result)
{
    REQUIRE(!outcome_is_pending(&result),
            "runner_call: the result is not pending");
    if (!callback->runner) {
        outcome_drop(result);
        return;
    }
    outcome_drop(callback->result);
    callback->result = result;
    callback->called = true;
    runner_run(callback->runner);
}

/* ---- at the end of a generator ---- */

void runner_drop_callbacks(struct runner *runner)
{
    while (runner->pending)
        outcome_drop(runner_pop(runner->pending));
}

struct outcome runner_check_callbacks(const struct runner *runner,
                                      struct outcome came)
{
    if (!runner->pending || outcome_is_failure(&came))
        return came;
    const char *key = runner->pending->key;
    outcome_drop(came);
    return outcome_fail(&leaked_callback_type, -EBUSY,
                        "finished without waiting for callback %s",
                        key ? key : "of a Task");
}
