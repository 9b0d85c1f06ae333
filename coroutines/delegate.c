/* SPDX-License-Identifier: MIT */
#include "coroutines/delegate.h"

/* Closes the inner generator first, whatever that returns. It is a function of
 * its own, or its registers would be saved at each step. */
__attribute__((noinline)) static struct outcome
throw_into(struct generator *inner, struct outcome failure)
{
    if (!outcome_failed_with(&failure, &generator_exit_type))
        return generator_send(inner, failure);
    struct outcome came = generator_close(inner);
    if (!outcome_is_failure(&came))
        return failure;
    outcome_drop(failure);
    return came;
}

struct outcome generator_delegate(struct generator *inner, struct outcome sent)
{
    if (outcome_is_failure(&sent))
        return throw_into(inner, sent);
    return generator_send(inner, sent);
}
