/* SPDX-License-Identifier: MIT */
/* Several Futures watched together: a function is called for each that is done.
 * For gather, wait and as_completed. */
#ifndef COROUTINES_FUTURE_SET_H
#define COROUTINES_FUTURE_SET_H

#include "coroutines/future.h"

#ifdef __cplusplus
extern "C" {
#endif

struct future_set;

/* Called by the loop, in the turn after the one in which the Future is done, or
 * in the next one when it is done already. */
typedef void future_set_done(struct future_set *set, struct future *future);

struct future_set {
    future_set_done *done;
    size_t count;
    struct set_member *members;
};

/* Private, but for inspection. */
struct set_member {
    struct handle handle;
    struct future_set *set;
    struct future *future;
};

/* For WAIT_SHAPE: a struct of this type has such a set. */
#define FUTURE_SET_PART(type, set)                                             \
    {                                                                          \
        WAIT_SEVERAL, offsetof(type, set.members), offsetof(type, set.count),  \
            sizeof(struct set_member), offsetof(struct set_member, future)     \
    }

/* Storage that is the caller's. A reference of each is handed over, also when
 * this fails. One Future may be given several times, and is then reported as
 * often. 0 or -ENOMEM. */
int future_set_init(struct future_set *set, struct future *const *futures,
                    size_t count, future_set_done *done);

/* Gives all references back; nothing more is reported. Harmless on one that is
 * all zero. */
void future_set_deinit(struct future_set *set);

/* For code that was handed references and cannot use them. */
void futures_unref(struct future *const *futures, size_t count);

struct future *future_set_at(const struct future_set *set, size_t index);

#ifdef __cplusplus
}
#endif

#endif
