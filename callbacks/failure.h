/* SPDX-License-Identifier: MIT */
/* Failures: exceptions as values. Twisted's Failure, Python's exception with
 * its type, its message, its cause and its traceback.
 *
 * A failure is counted: sharing an outcome that fails adds an owner. Failures
 * that must exist even without memory are static, and cost nothing.
 */
#ifndef CALLBACKS_FAILURE_H
#define CALLBACKS_FAILURE_H

#include "callbacks/outcome.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A type of failure: one static object each, with the name that people know
 * from the originals. A failure of this type is also one of its `base`, as an
 * except clause sees it; NULL: only "any failure" is its base. */
struct failure_type {
    const char *name;
    const struct failure_type *base;
};

extern const struct failure_type system_type;    /* OSError; code: -errno */
extern const struct failure_type cancelled_type; /* CancelledError */
extern const struct failure_type timeout_type;   /* TimeoutError */
extern const struct failure_type misuse_type;    /* RuntimeError: a bug */
extern const struct failure_type taken_type;     /* a misuse_type: see share */

/* A line of source. */
struct source_place {
    const char *file, *function;
    int line;
};

/* Appends "function (file.c:12)", without folders. */
void source_place_print(const struct source_place *place, struct buffer *out);

/* How many places a failure remembers. */
enum { FAILURE_TRAIL = 6 };

/* Read only, but for the functions below. */
struct failure {
    const struct failure_type *type;
    const char *message;         /* NULL: the type says it all */
    int code;                    /* what the type says it means; else 0 */
    unsigned references;         /* 0: a static one, never given back */
    const struct failure *cause; /* "raise ... from"; owned; NULL: none */
    struct outcome detail; /* of a meaning that the type defines, such as the
                            * bytes that did come; owned */
    unsigned passed;       /* places in all, also beyond the trail */
    struct source_place trail[FAILURE_TRAIL]; /* [0]: where it was made */
};

extern const struct failure failure_cancelled;
extern const struct failure failure_no_memory;

/* ---- making one ---- */

/* outcome_fail(&type, code, "format", ...) is a new failure, made here. It
 * always is a failure: failure_no_memory where there is no memory for it. */
#define outcome_fail(...)                                                      \
    outcome_fail_at(__FILE__, __func__, __LINE__, __VA_ARGS__)

/* The same for a negative errno, with the system's words for it. */
#define outcome_errno(error)                                                   \
    outcome_errno_at(__FILE__, __func__, __LINE__, (error))

/* `format` may be NULL: no message. */
OUTCOME_OWNED struct outcome outcome_fail_at(const char *file,
                                             const char *function, int line,
                                             const struct failure_type *type,
                                             int code, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

OUTCOME_OWNED struct outcome outcome_errno_at(const char *file,
                                              const char *function, int line,
                                              int negative_errno);

/* Takes over one reference. */
static inline struct outcome outcome_failure(const struct failure *failure)
{
    struct outcome outcome;
    outcome.kind = &failure_kind;
    outcome.failure = failure;
    return outcome;
}

/* Both arguments are taken over. `outcome` is a failure that has one owner, and
 * comes back with the cause, or with the detail. A static failure has no room
 * for either: what was given is dropped. */
OUTCOME_OWNED struct outcome outcome_because(struct outcome outcome,
                                             struct outcome cause);
OUTCOME_OWNED struct outcome outcome_detailed(struct outcome outcome,
                                              struct outcome detail);

/* ---- asking ---- */

/* Is its type this one, or one with this one as a base? */
bool failure_is(const struct failure *failure, const struct failure_type *type);

/* Is it a failure of this type? An except clause. */
static inline bool outcome_failed_with(const struct outcome *outcome,
                                       const struct failure_type *type)
{
    return outcome_is_failure(outcome) && failure_is(outcome->failure, type);
}

/* Returns the first of these types that the failure is of, or NULL: Twisted's
 * Failure.check, an except clause with several names. NULL closes the list. */
const struct failure_type *failure_check(const struct failure *failure, ...)
    __attribute__((sentinel));

/* For an errback that mends failures of these types only, Failure.trap. NULL:
 * it is none of them; its way through here is noted, and the errback returns
 * the outcome as it is. Contract: the outcome is a failure.
 *
 *     if (!outcome_trap(&outcome, &timeout_type, NULL))
 *         return outcome;
 */
#define outcome_trap(...)                                                      \
    outcome_trap_at(__FILE__, __func__, __LINE__, __VA_ARGS__)
const struct failure_type *outcome_trap_at(const char *file,
                                           const char *function, int line,
                                           const struct outcome *outcome, ...)
    __attribute__((sentinel));

/* Its message, or the name of its type; Failure.getErrorMessage. Good for as
 * long as the failure is. */
static inline const char *failure_message(const struct failure *failure)
{
    return failure->message ? failure->message : failure->type->name;
}

/* Appends all of it, in lines: the failure, where it was made, the places that
 * it passed and its cause. */
void failure_print(const struct failure *failure, struct buffer *out);

/* ---- on its way ---- */

/* Notes a place that the failure passes through, a line of the traceback.
 * Harmless on an outcome that is not a failure, and on a static failure. */
void outcome_passes(const struct outcome *outcome, const char *file,
                    const char *function, int line);

const struct failure *failure_ref(const struct failure *failure);

/* NULL is harmless. */
void failure_unref(const struct failure *failure);

#ifdef __cplusplus
}
#endif

#endif
