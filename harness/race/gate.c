/* SPDX-License-Identifier: MIT */
#include "harness/race/gate.h"

#include "base/clock.h"

#include <stdio.h>

void gate_init(struct gate *gate, struct witness *witness, const char *run,
               size_t expected, struct memory_peak *peak)
{
    nanos now = monotonic_now();
    *gate = (struct gate){.witness = witness,
                          .run = run,
                          .expected = expected,
                          .peak = peak,
                          .arrived = now,
                          .filled_s = NOT_KNOWN};
}

static bool is_full(const struct gate *gate)
{
    return gate->most >= (double)gate->expected;
}

static void note_full(struct gate *gate, pid_t group)
{
    gate->filled_s = gate->last.since_first_s;
    memory_sample(gate->peak, group);
}

/* The requests counted before were in flight together if none has gone
 * since. */
static void compare(struct gate *gate, const struct sight *now)
{
    if (now->gone == gate->last.gone && gate->last.in_flight > gate->most)
        gate->most = gate->last.in_flight;
    if (now->in_flight != gate->last.in_flight)
        gate->arrived = monotonic_now();
}

void gate_look(void *context, pid_t group)
{
    struct gate *gate = context;
    struct sight now;

    if (!witness_look(gate->witness, gate->run, &now))
        return;
    if (!gate->open) {
        compare(gate, &now);
        if (is_full(gate))
            note_full(gate, group);
        gate->open =
            is_full(gate) || monotonic_now() - gate->arrived > GATE_PATIENCE;
    }
    gate->last = now;
    if (gate->open && now.in_flight > 0)
        witness_open_gates(gate->witness, gate->run);
}

void gate_note(const struct gate *gate, struct record *record)
{
    record->origin_max_in_flight = gate->most;
    record->filled_s = gate->filled_s;
    if (!record->error[0] && !is_full(gate))
        snprintf(record->error, sizeof record->error,
                 "only %.0f of %zu were in flight at one moment", gate->most,
                 gate->expected);
}
