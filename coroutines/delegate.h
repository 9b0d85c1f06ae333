/* SPDX-License-Identifier: MIT */
/* `yield from`: a generator runs another one as a part of itself, so that code
 * which drives the outer one talks to the inner one. Python's (PEP 380), with
 * its rules (GE8 in the tests). CO_YIELD_FROM (frame.h) and stack_yield_from
 * (stack.h) are this step, again and again until the inner one is over.
 *
 * It is a core, delegate.c: lesson E5 puts the learner's in its place.
 */
#ifndef COROUTINES_DELEGATE_H
#define COROUTINES_DELEGATE_H

#include "coroutines/generator.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One step: passes on to the inner generator what the outer one was sent, and
 * closes the inner one when that is GeneratorExit. While
 * generator_has_yielded(inner, &came) is true, what came is to be yielded as it
 * is. Afterwards it is the value of the whole expression. */
OUTCOME_OWNED struct outcome generator_delegate(struct generator *inner,
                                                struct outcome sent);

#ifdef __cplusplus
}
#endif

#endif
