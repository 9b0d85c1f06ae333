/* SPDX-License-Identifier: MIT */
#include "coroutines/generator.h"

#include <errno.h>

/* Drops an outcome that is not used, and returns a RuntimeError that says why,
 * in Python's words. */
static struct outcome refuse_sent(struct outcome sent, const char *why)
{
    outcome_drop(sent);
    return outcome_fail(&misuse_type, -EINVAL, "%s", why);
}

/* ---- sending ---- */

/* Sends to a generator that is not at a yield. */
static struct outcome send_unusual(struct generator *generator,
                                   struct outcome sent)
{
    if (generator->state == GENERATOR_RUNNING)
        return refuse_sent(sent, "generator already executing");
    if (outcome_is_failure(&sent))
        return generator_return(generator, sent); /* it is not at a yield where
                                                   * it could catch this */
    if (generator->state == GENERATOR_OVER) {
        outcome_drop(sent);
        return outcome_none();
    }
    if (!outcome_is_none(&sent))
        return refuse_sent(sent, "can't send non-None value to a just-started "
                                 "generator");
    generator->state = GENERATOR_RUNNING;
    return generator->resume(generator, sent);
}

/* The usual case comes first and ends in a jump, not in a call: that is half of
 * what a step costs. */
struct outcome generator_send(struct generator *generator, struct outcome sent)
{
    if (generator->state != GENERATOR_SUSPENDED)
        return send_unusual(generator, sent);
    generator->state = GENERATOR_RUNNING;
    return generator->resume(generator, sent);
}

/* ---- closing ---- */

struct outcome generator_close(struct generator *generator)
{
    if (generator->state == GENERATOR_NEW)
        generator->state = GENERATOR_OVER; /* it has nothing to finish */
    if (generator->state == GENERATOR_OVER)
        return outcome_none();
    struct outcome came = generator_throw(generator, &failure_generator_exit);
    if (generator_has_yielded(generator, &came))
        return refuse_sent(came, "generator ignored GeneratorExit");
    if (outcome_is_failure(&came) &&
        !outcome_failed_with(&came, &generator_exit_type))
        return came;
    outcome_drop(came);
    return outcome_none();
}
