/* SPDX-License-Identifier: MIT */
/* For code that makes Deferreds and fires them; include it after all other
 * headers. With it the notes (notes.h), if any are taken, know the places
 * (DF12). Without notes it costs a test of a pointer.
 */
#ifndef DEFERREDS_DEBUG_H
#define DEFERREDS_DEBUG_H

#include "deferreds/notes.h"

#ifdef __cplusplus
extern "C" {
#endif

static inline struct deferred *deferred_new_at(const char *file,
                                               const char *function, int line,
                                               deferred_canceller *canceller)
{
    if (deferred_probe)
        deferred_is_here(file, function, line);
    return deferred_new(canceller);
}

static inline void deferred_init_at(const char *file, const char *function,
                                    int line, struct deferred *deferred,
                                    deferred_canceller *canceller)
{
    if (deferred_probe)
        deferred_is_here(file, function, line);
    deferred_init(deferred, canceller);
}

static inline int deferred_fire_at(const char *file, const char *function,
                                   int line, struct deferred *deferred,
                                   struct outcome outcome)
{
    if (deferred_probe)
        deferred_is_here(file, function, line);
    return deferred_fire(deferred, outcome);
}

static inline int deferred_errback_at(const char *file, const char *function,
                                      int line, struct deferred *deferred,
                                      const struct failure *failure)
{
    return deferred_fire_at(file, function, line, deferred,
                            outcome_failure(failure));
}

#define DEFERRED_HERE __FILE__, __func__, __LINE__
#define deferred_new(canceller) deferred_new_at(DEFERRED_HERE, canceller)
#define deferred_init(deferred, canceller)                                     \
    deferred_init_at(DEFERRED_HERE, deferred, canceller)
#define deferred_fire(deferred, outcome)                                       \
    deferred_fire_at(DEFERRED_HERE, deferred, outcome)
#define deferred_callback(deferred, outcome)                                   \
    deferred_fire_at(DEFERRED_HERE, deferred, outcome)
#define deferred_errback(deferred, failure)                                    \
    deferred_errback_at(DEFERRED_HERE, deferred, failure)

#ifdef __cplusplus
}
#endif

#endif
