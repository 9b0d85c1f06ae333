/* SPDX-License-Identifier: MIT */
#include "callbacks/slow_call.h"

#include "callbacks/exception_handler.h"

#include <stdio.h>
#include <stdlib.h>

#ifdef WAITLAB_DEBUG
static const nanos usual_limit = 50 * NANOS_PER_MILLISECOND;
#else
static const nanos usual_limit = 0;
#endif

/* Global, not of a loop: the user of a program asks for it, whatever loops
 * there are. It does not change while a loop runs. */
bool slow_calls_are_noted;
static struct {
    nanos limit;
    const struct clock *clock;
} settings;

void slow_call_set(nanos limit, const struct clock *clock)
{
    settings.limit = limit;
    settings.clock = clock;
    slow_calls_are_noted = limit > 0;
}

/* Runs before main, because no function is sure to be called first by every
 * loop, ours or a learner's. */
__attribute__((constructor)) static void read_environment(void)
{
    const char *text = getenv("WAITLAB_SLOW_CALL_MS");
    nanos limit = usual_limit;
    char milliseconds[32];
    if (text) {
        snprintf(milliseconds, sizeof milliseconds, "%sms", text);
        if (!nanos_parse(slice_of(milliseconds), &limit))
            fprintf(stderr,
                    "WAITLAB_SLOW_CALL_MS: '%s' is not a number of "
                    "milliseconds\n",
                    text);
    }
    slow_call_set(limit, &monotonic_clock);
}

void slow_call_run(struct handle *handle)
{
    void (*run)(struct handle *) = handle->run; /* the handle may be freed */
    nanos began = clock_now(settings.clock);
    run(handle);
    nanos took = clock_now(settings.clock) - began;
    if (took <= settings.limit)
        return;
    char message[96];
    snprintf(message, sizeof message,
             "slow call: it took %lld ms, and nothing else on its loop could "
             "run",
             (long long)(took / NANOS_PER_MILLISECOND));
    exception_handler_call(
        &(struct exception_context){.message = message, .call = run});
}
