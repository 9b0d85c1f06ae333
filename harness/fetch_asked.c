/* SPDX-License-Identifier: MIT */
#include "harness/fetch.h"

#include "base/clock.h"
#include "base/wakeup.h"

#include <unistd.h>

static const char *url_of(const void *fetch, size_t index)
{
    return fetch_url(fetch, index);
}

/* Runs on a thread of its own, so it reads only what does not change in the
 * fetch. A model that waits in a loop adds what the loop waits for. */
static void answer_fetch(void *context, FILE *out)
{
    struct fetch *fetch = context;
    nanos now = monotonic_now();
    fprintf(out, "fetch: %s, after %.3f s:\n", fetch->options->model->name,
            nanos_as_seconds(now - fetch->began));
    if (!in_flight_print(fetch->in_flight, now, url_of, fetch, out))
        fputs("  nothing is in flight\n", out);
    wakeup_set(fetch->asked);
}

static void end_fetch(struct fetch *fetch)
{
    fetch->batch.asked = NULL;
    fetch->call.trace = NULL;
    in_flight_free(fetch->in_flight);
    fetch->in_flight = NULL;
    close(fetch->asked);
}

void fetch_asked_start(struct fetch *fetch)
{
    fetch->asked = wakeup_open();
    if (fetch->asked < 0)
        return;
    if (in_flight_new(&fetch->in_flight, fetch->options->concurrency)) {
        close(fetch->asked);
        return;
    }
    fetch->call.trace = in_flight_trace;
    fetch->call.trace_context = fetch->in_flight;
    fetch->batch.asked = &fetch->asked;
    fetch->inquiry = (struct inquiry){.answer = answer_fetch, .context = fetch};
    if (inquiry_start(&fetch->inquiry))
        end_fetch(fetch);
}

void fetch_asked_stop(struct fetch *fetch)
{
    if (!fetch->in_flight)
        return;
    inquiry_stop(&fetch->inquiry);
    end_fetch(fetch);
}
