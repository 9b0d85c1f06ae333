/* SPDX-License-Identifier: MIT */
#include "deferreds/reconnecting.h"

static const double EULER = 2.7182818284590451;

void reconnecting_reset(struct reconnecting *reconnecting)
{
    reconnecting->delay = reconnecting->initial_delay;
    reconnecting->retries = 0;
    reconnecting->continues = true;
}

void reconnecting_init(struct reconnecting *reconnecting, struct loop *loop)
{
    *reconnecting = (struct reconnecting){
        .initial_delay = NANOS_PER_SECOND,
        .max_delay = 3600 * NANOS_PER_SECOND,
        .factor = EULER,
        .max_retries = -1,
        .loop = loop,
    };
    reconnecting_reset(reconnecting);
}

/* While it connects it need not be held. */
static void on_time(void *context)
{
    struct reconnecting *reconnecting = context;
    struct connector *connector = reconnecting->connector;
    reconnecting->connector = NULL;
    connector_connect(connector);
    connector_release(connector);
}

static nanos longer(const struct reconnecting *reconnecting)
{
    double delay = (double)reconnecting->delay * reconnecting->factor;
    return delay < (double)reconnecting->max_delay ? (nanos)delay
                                                   : reconnecting->max_delay;
}

void reconnecting_retry(struct reconnecting *reconnecting,
                        struct connector *connector)
{
    if (!reconnecting->continues || reconnecting->connector ||
        (reconnecting->max_retries >= 0 &&
         reconnecting->retries >= reconnecting->max_retries))
        return;
    reconnecting->retries++;
    reconnecting->delay = longer(reconnecting);
    reconnecting->connector = connector;
    connector_hold(connector);
    delayed_call_start(&reconnecting->call, reconnecting->loop,
                       reconnecting->delay, on_time, reconnecting);
}

void reconnecting_stop(struct reconnecting *reconnecting)
{
    struct connector *connector = reconnecting->connector;
    reconnecting->continues = false;
    if (!connector)
        return;
    reconnecting->connector = NULL;
    (void)delayed_call_cancel(&reconnecting->call);
    connector_release(connector);
}
