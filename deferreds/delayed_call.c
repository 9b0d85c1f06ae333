/* SPDX-License-Identifier: MIT */
#include "deferreds/delayed_call.h"

#include "base/contract.h"
#include "callbacks/handle_name.h"

#include <errno.h>

/* Marked as called before its function runs, because that may free it. */
static void on_time(struct handle *handle)
{
    struct delayed_call *call =
        container_of(handle, struct delayed_call, timer);
    call->state = DELAYED_CALL_CALLED;
    call->fn(call->context);
}
HANDLE_NAME(on_time, "a delayed call", NULL);

void delayed_call_start(struct delayed_call *call, struct loop *loop,
                        nanos after, void (*fn)(void *context), void *context)
{
    REQUIRE(call->state != DELAYED_CALL_ACTIVE,
            "delayed_call_start: the call is not active");
    *call = (struct delayed_call){
        DELAYED_CALL_ACTIVE, fn, context, {.run = on_time}, loop};
    loop_call_at(loop, &call->timer, nanos_after(loop_time(loop), after));
}

static int check_active(const struct delayed_call *call)
{
    if (call->state == DELAYED_CALL_ACTIVE)
        return 0;
    return call->state == DELAYED_CALL_CANCELLED ? -ECANCELED : -EALREADY;
}

int delayed_call_cancel(struct delayed_call *call)
{
    int error = check_active(call);
    if (error)
        return error;
    call->state = DELAYED_CALL_CANCELLED;
    loop_cancel(call->loop, &call->timer);
    return 0;
}

static int move(struct delayed_call *call, nanos when)
{
    int error = check_active(call);
    if (!error)
        loop_call_at(call->loop, &call->timer, when);
    return error;
}

int delayed_call_reset(struct delayed_call *call, nanos after)
{
    return move(call, nanos_after(loop_time(call->loop), after));
}

int delayed_call_delay(struct delayed_call *call, nanos more)
{
    return move(call, nanos_after(call->timer.when, more));
}
