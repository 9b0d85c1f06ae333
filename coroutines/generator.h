/* SPDX-License-Identifier: MIT */
/* A function that can stop in the middle: it is sent a value, goes on until it
 * yields or ends, and is sent the next value. Episode 3; Python's, with its
 * rules (PEP 342 and 380; GE1 to GE9 in the tests).
 *
 *     struct outcome got = generator_send(squares, outcome_none());
 *     generator_is_over(squares)
 *         no:  it has yielded `got`
 *         yes: it has returned `got`, or failed with it
 *
 * Sending a failure is Python's throw(): it comes out of the yield at which the
 * generator is, and ends it unless it is caught there. There is no
 * StopIteration: that a generator is over is a state, and so it can not be
 * mistaken for the end of another one (GE7).
 *
 * Two engines make one: a frame (frame.h), which is a struct and a place to go
 * on at, as in CPython; and a stack of its own (stack.h), which is a greenlet.
 * The code that drives it does not see which.
 *
 * The functions under "the core" are the core, generator.c: lesson E3 puts the
 * learner's in its place. A generator belongs to one thread.
 */
#ifndef COROUTINES_GENERATOR_H
#define COROUTINES_GENERATOR_H

#include "callbacks/failure.h"

#ifdef __cplusplus
extern "C" {
#endif

enum generator_state {
    GENERATOR_NEW,
    GENERATOR_SUSPENDED, /* at a yield */
    GENERATOR_RUNNING,
    GENERATOR_OVER,
};

struct generator;

/* What an engine does: goes on from where it stopped, and returns what
 * generator_yield or generator_return returned. */
typedef struct outcome generator_resume(struct generator *self,
                                        struct outcome got);

/* Embedded in whatever an engine needs, and found again with container_of. */
struct generator {
    generator_resume *resume;
    /* Gives the storage back; NULL: the owner does that. */
    void (*release)(struct generator *self);
    const char *name; /* of the function */
    enum generator_state state;
};

/* New: nothing runs before the first send (GE1). */
static inline void generator_init(struct generator *generator,
                                  generator_resume *resume, const char *name)
{
    generator->resume = resume;
    generator->release = NULL;
    generator->name = name;
    generator->state = GENERATOR_NEW;
}

static inline bool generator_is_over(const struct generator *generator)
{
    return generator->state == GENERATOR_OVER;
}

/* ---- the core ---- */

/* Runs the generator to its next yield, or to its end. A new one can be sent
 * only None, or a failure, which ends it. One that is over returns None, or the
 * failure that it was sent. Sending to one that is running is a RuntimeError,
 * and changes nothing. */
OUTCOME_OWNED struct outcome generator_send(struct generator *generator,
                                            struct outcome sent);

/* Ends it (GE4): GeneratorExit comes out of its yield, so that it finishes what
 * it has begun. Returns None, or the failure with which it ended. A generator
 * that yields once more has ignored the exit: RuntimeError, and it is not
 * over. */
OUTCOME_OWNED struct outcome generator_close(struct generator *generator);

/* ---- for the code that drives one ---- */

/* What is yielded is never a failure. */
static inline bool generator_has_yielded(const struct generator *generator,
                                         const struct outcome *came)
{
    return generator->state == GENERATOR_SUSPENDED && !outcome_is_failure(came);
}

/* A for loop: true with what it yields; false when it is over, and then *value
 * is what it has returned or failed with. */
static inline bool generator_next(struct generator *generator,
                                  struct outcome *value)
{
    *value = generator_send(generator, outcome_none());
    return !generator_is_over(generator);
}

/* Takes over one reference. */
OUTCOME_OWNED static inline struct outcome
generator_throw(struct generator *generator, const struct failure *failure)
{
    return generator_send(generator, outcome_failure(failure));
}

/* Ends the ownership: closes the generator, reports a failure of that (GE5),
 * and releases it. One that is running is left alone; the code that drives it
 * is an owner, too. */
void generator_drop(struct generator *generator);

/* ---- for engines, and for a generator that is written by hand ---- */

static inline struct outcome generator_yield(struct generator *generator,
                                             struct outcome value)
{
    generator->state = GENERATOR_SUSPENDED;
    return value;
}

/* A failure that is returned is raised. */
static inline struct outcome generator_return(struct generator *generator,
                                              struct outcome value)
{
    generator->state = GENERATOR_OVER;
    return value;
}

extern const struct failure_type generator_exit_type;
extern const struct failure failure_generator_exit;

#ifdef __cplusplus
}
#endif

#endif
