/* SPDX-License-Identifier: MIT */
/* Another core behind coroutines/generator.h, as a learner might write one: a
 * case for each state, and closing that does not go through sending. Code that
 * uses the core must not notice. */
#include "coroutines/generator.h"

#include <errno.h>

static struct outcome refused(const char *why)
{
    return outcome_fail(&misuse_type, -EINVAL, "%s", why);
}

static struct outcome go_on(struct generator *generator, struct outcome sent)
{
    generator->state = GENERATOR_RUNNING;
    return generator->resume(generator, sent);
}

struct outcome generator_send(struct generator *generator, struct outcome sent)
{
    bool failed = outcome_is_failure(&sent);
    switch (generator->state) {
    case GENERATOR_SUSPENDED:
        return go_on(generator, sent);
    case GENERATOR_NEW:
        if (outcome_is_none(&sent))
            return go_on(generator, sent);
        if (!failed)
            break;
        generator->state = GENERATOR_OVER;
        return sent;
    case GENERATOR_OVER:
        if (failed)
            return sent;
        outcome_drop(sent);
        return outcome_none();
    case GENERATOR_RUNNING:
        break;
    }
    outcome_drop(sent);
    return refused(generator->state == GENERATOR_RUNNING
                       ? "generator already executing"
                       : "can't send non-None value to a just-started "
                         "generator");
}

struct outcome generator_close(struct generator *generator)
{
    if (generator->state == GENERATOR_RUNNING)
        return refused("generator already executing");
    if (generator->state != GENERATOR_SUSPENDED) {
        generator->state = GENERATOR_OVER;
        return outcome_none();
    }
    struct outcome came =
        go_on(generator, outcome_failure(&failure_generator_exit));
    bool is_real = outcome_is_failure(&came) &&
                   !outcome_failed_with(&came, &generator_exit_type);
    if (generator_is_over(generator) && is_real)
        return came;
    outcome_drop(came);
    return generator_is_over(generator)
               ? outcome_none()
               : refused("generator ignored GeneratorExit");
}
