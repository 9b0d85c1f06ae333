/* SPDX-License-Identifier: MIT */
#include "talks/service.h"

#include "callbacks/failure.h"

#include <errno.h>

static void on_time(struct handle *timer)
{
    struct service *service = container_of(timer, struct service, timer);
    service->done(service->context,
                  (int)service->step == service->fails_at ? -EIO : 0);
}

void service_begin(struct service *service, enum service_step step,
                   service_done *done, void *context)
{
    service->asked++;
    service->step = step;
    service->done = done;
    service->context = context;
    service->timer.run = on_time;
    loop_call_at(service->loop, &service->timer,
                 nanos_after(loop_time(service->loop), NANOS_PER_SECOND));
}

static void fire(void *context, int error)
{
    struct service *service = context;
    deferred_fire(service->deferred,
                  error ? outcome_errno(error) : outcome_none());
}

struct deferred *service_begin_deferred(struct service *service,
                                        enum service_step step)
{
    service->deferred = deferred_new(NULL);
    if (service->deferred)
        service_begin(service, step, fire, service);
    return service->deferred;
}
