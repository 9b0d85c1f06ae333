/* SPDX-License-Identifier: MIT */
/* Which cores of a program are the lab's own, and which a learner's. */
#include "harness/ps/target.h"

static const struct {
    const char *used;  /* a symbol of code that uses the core */
    const char *known; /* a symbol that only ours has: INSPECTED_CORE */
} cores[TARGET_CORES] = {
    [TARGET_FUTURE] = {"future_ops", "future_core_is_inspected"},
    [TARGET_TASK] = {"task_send", "task_core_is_inspected"},
};

void target_look_at_cores(struct target *target)
{
    for (int i = 0; i < TARGET_CORES; i++)
        target->foreign[i] =
            symbol_named(&target->symbols, NULL, cores[i].used) &&
            !symbol_named(&target->symbols, NULL, cores[i].known);
}
