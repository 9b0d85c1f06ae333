/* SPDX-License-Identifier: MIT */
#include "coroutines/threadsafe.h"

#include "base/contract.h"
#include "callbacks/handle_name.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

/* An outcome on its way to another thread. */
struct parcel {
    struct outcome outcome;
    atomic_flag taken;
};

struct remote {
    struct loop *loop;
    struct mailbox *mailbox;
    struct concurrent_future *result;
    struct done_callback done; /* of the result */
    struct parcel *parcel;     /* until it is handed over */
    struct generator *generator;
    struct handle start, ended; /* posted: at first; when the result is done */
    struct task *task;          /* for the loop's thread; NULL: it is over */
    struct handle task_done;
    bool result_is_done; /* and the loop's thread knows that */
};

/* This thread ends the result itself now, so it need not be told. */
static _Thread_local struct remote *publishing;

/* ---- memory ---- */

static void remote_free(struct remote *remote)
{
    concurrent_future_unref(remote->result);
    free(remote->parcel);
    free(remote);
}

/* Releases the mailbox, which was held from the start. */
static void end_remote(struct remote *remote)
{
    mailbox_release(remote->mailbox);
    remote_free(remote);
}

static void parcel_drop(void *result)
{
    struct parcel *parcel = result;
    outcome_drop(parcel->outcome);
    free(parcel);
}

/* ---- what another thread may get ---- */

/* A failure may have other owners on the loop's thread, and its count is not
 * atomic. So the other thread gets a copy, without the detail that belongs to
 * its type. */
static struct outcome copy_of(const struct failure *failure)
{
    const struct source_place *place = failure->trail;
    if (!failure->references)
        return outcome_failure(failure);
    struct outcome copy = outcome_fail_at(
        place->file, place->function, place->line, failure->type, failure->code,
        failure->message ? "%s" : NULL, failure->message);
    for (unsigned i = 1; i < failure->passed && i < FAILURE_TRAIL; i++)
        outcome_passes(&copy, place[i].file, place[i].function, place[i].line);
    return failure->cause ? outcome_because(copy, copy_of(failure->cause))
                          : copy;
}

static struct outcome for_others(struct outcome came)
{
    if (!outcome_is_failure(&came))
        return came;
    struct outcome copy = copy_of(came.failure);
    outcome_drop(came);
    return copy;
}

/* ---- on the loop's thread ---- */

/* The coroutine may have been cancelled from both sides, or from the other side
 * when it was over already. */
static void publish(struct remote *remote, struct outcome came)
{
    struct concurrent_future *result = remote->result;
    publishing = remote;
    if (outcome_failed_with(&came, &cancelled_type))
        concurrent_future_cancel(result);
    if (!concurrent_future_set_running(result)) {
        outcome_drop(came);
    } else {
        struct parcel *parcel = remote->parcel;
        remote->parcel = NULL;
        parcel->outcome = for_others(came);
        concurrent_future_set_result(result, parcel, parcel_drop);
    }
    publishing = NULL;
    if (remote->result_is_done)
        end_remote(remote);
}

static void on_task_done(struct handle *handle)
{
    struct remote *remote = container_of(handle, struct remote, task_done);
    struct task *task = remote->task;
    remote->task = NULL;
    publish(remote, awaitable_take(&task->future.awaitable));
}
HANDLE_NAME(on_task_done, "a Task that another thread has started", NULL);

static void on_ended(struct handle *handle)
{
    struct remote *remote = container_of(handle, struct remote, ended);
    remote->result_is_done = true;
    if (remote->task)
        task_cancel(remote->task);
    else
        end_remote(remote);
}
HANDLE_NAME(on_ended, "the cancellation of a Task by another thread", NULL);

static void on_start(struct handle *handle)
{
    struct remote *remote = container_of(handle, struct remote, start);
    int error = mailbox_hold(remote->mailbox);
    REQUIRE(!error, "run_coroutine_threadsafe: the mailbox is held open");
    remote->task = task_new(remote->loop, remote->generator);
    if (remote->task)
        future_add_done_callback(&remote->task->future, &remote->task_done);
    else
        publish(remote, outcome_failure(&failure_no_memory));
}
HANDLE_NAME(on_start, "a coroutine that another thread starts", NULL);

/* ---- on any thread ---- */

static void on_done(struct done_callback *done,
                    struct concurrent_future *result)
{
    struct remote *remote = container_of(done, struct remote, done);
    (void)result;
    if (publishing == remote)
        remote->result_is_done = true;
    else
        mailbox_post(remote->mailbox, &remote->ended);
}

static struct remote *remote_new(struct loop *loop, struct mailbox *mailbox)
{
    struct remote *remote = calloc(1, sizeof *remote);
    if (!remote)
        return NULL;
    remote->loop = loop;
    remote->mailbox = mailbox;
    remote->done.call = on_done;
    remote->start.run = on_start;
    remote->ended.run = on_ended;
    remote->task_done.run = on_task_done;
    remote->parcel = calloc(1, sizeof *remote->parcel);
    remote->result = concurrent_future_new();
    if (remote->parcel && remote->result)
        return remote;
    remote_free(remote);
    return NULL;
}

struct concurrent_future *run_coroutine_threadsafe(struct loop *loop,
                                                   struct mailbox *mailbox,
                                                   struct generator *generator)
{
    struct remote *remote = remote_new(loop, mailbox);
    if (!remote) {
        generator_drop(generator);
        return NULL;
    }
    struct concurrent_future *result = concurrent_future_ref(remote->result);
    remote->generator = generator;
    concurrent_future_add_done_callback(result, &remote->done);
    mailbox_post(mailbox, &remote->start);
    return result;
}

struct outcome coroutine_result(struct concurrent_future *future,
                                nanos deadline)
{
    void *result = NULL;
    int error = concurrent_future_result(future, &result, deadline);
    if (error == -ECANCELED)
        return outcome_failure(&failure_cancelled);
    if (error == -ETIMEDOUT)
        return outcome_fail(&timeout_type, error, NULL);
    if (error)
        return outcome_errno(error);
    struct parcel *parcel = result;
    if (atomic_flag_test_and_set(&parcel->taken))
        return outcome_fail(&taken_type, -EALREADY,
                            "another has taken it already");
    return outcome_take(&parcel->outcome);
}
