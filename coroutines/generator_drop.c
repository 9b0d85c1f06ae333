/* SPDX-License-Identifier: MIT */
/* Functions of a generator that need only the core, whether that is ours or a
 * learner's. */
#include "callbacks/unhandled.h"
#include "coroutines/generator.h"

const struct failure_type generator_exit_type = {"GeneratorExit", NULL};
const struct failure failure_generator_exit = {.type = &generator_exit_type};

/* Most often it is over, and there is nothing to close. */
void generator_drop(struct generator *generator)
{
    if (generator->state == GENERATOR_RUNNING)
        return;
    if (!generator_is_over(generator)) {
        struct outcome came = generator_close(generator);
        unhandled_report("Exception ignored in a generator that was closed",
                         &came);
        outcome_drop(came);
    }
    if (generator->release)
        generator->release(generator);
}
