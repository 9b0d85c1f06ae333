/* SPDX-License-Identifier: MIT */
/* An awaitable as a yield point, so that a Runner drives all that a Task
 * drives. */
#include "callbacks/handle_name.h"
#include "callbacks/wait_shape.h"
#include "coroutines/runner.h"

static struct await_point *await_of(const struct yield_point *self)
{
    return container_of(self, struct await_point, point);
}

static void on_ready(struct handle *handle)
{
    struct await_point *await =
        container_of(handle, struct await_point, handle);
    await->waits = false;
    runner_run(await->runner);
}
HANDLE_NAME(on_ready, "the Runner of a generator", NULL);
WAIT_SHAPE_BY(on_ready, "an awaitable", struct await_point, handle,
              WAIT_PART(WAIT_RUNNER, struct await_point, runner));

static struct outcome await_start(struct yield_point *self,
                                  struct runner *runner)
{
    struct await_point *await = await_of(self);
    await->runner = runner;
    if (awaitable_ready(await->awaitable))
        return outcome_none();
    await->waits = true;
    awaitable_notify(await->awaitable, &await->handle);
    return outcome_none();
}

static bool await_is_ready(const struct yield_point *self)
{
    return awaitable_ready(await_of(self)->awaitable);
}

static void withdraw(struct await_point *await)
{
    if (await->waits)
        awaitable_withdraw(await->awaitable, &await->handle);
    await->waits = false;
}

/* A callback may have resumed the generator before the handle could. */
static struct outcome await_result(struct yield_point *self)
{
    struct await_point *await = await_of(self);
    withdraw(await);
    struct awaitable *awaitable = await->awaitable;
    await->awaitable = NULL;
    return awaitable_take(awaitable);
}

static const struct yield_point_ops await_ops = {
    .start = await_start,
    .is_ready = await_is_ready,
    .get_result = await_result,
};
WAIT_SHAPE(await_ops, "an awaitable", struct await_point, point,
           WAIT_PART(WAIT_ON, struct await_point, awaitable));

struct yield_point *await_point_init(struct await_point *point,
                                     struct awaitable *awaitable)
{
    *point = (struct await_point){.point.ops = &await_ops,
                                  .awaitable = awaitable,
                                  .handle.run = on_ready};
    return &point->point;
}

void await_point_leave(struct await_point *point)
{
    if (!point->awaitable)
        return;
    withdraw(point);
    awaitable_drop(point->awaitable);
    point->awaitable = NULL;
}
