/* SPDX-License-Identifier: MIT */
/* The outcome of something: a value, a failure, or an awaitable that will have
 * one.
 *
 * Two words, so an outcome travels in registers. The first word says what the
 * second one is, and with that how it is dropped, shared and printed: as in
 * Python, where each object begins with a pointer to its type.
 *
 *     return outcome_number(3);
 *     return outcome_errno(error);                       (see failure.h)
 *     return outcome_pending(&sleep->awaitable);         (see awaitable.h)
 *
 * Ownership can be read off a signature. A function that takes a `struct
 * outcome` takes it over: from then on the outcome is that function's to keep,
 * to hand on or to drop. A function that takes a `const struct outcome *` only
 * looks. The last owner drops it; numbers and literals need no dropping, but
 * dropping them is harmless.
 *
 * Deferreds, generators, Futures and Tasks all use this one convention. An
 * outcome belongs to one thread at a time.
 */
#ifndef CALLBACKS_OUTCOME_H
#define CALLBACKS_OUTCOME_H

#include "base/bytes.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* On a function that returns something its caller now owns. */
#define OUTCOME_OWNED __attribute__((warn_unused_result))

struct awaitable;
struct failure;
struct kind;

/* All zero is None. */
struct outcome {
    const struct kind *kind; /* NULL: no value at all, Python's None */
    union {
        intptr_t number;
        const char *text;
        void *pointer;
        const struct failure *failure;
        struct awaitable *awaitable;
    };
};

/* What a value is: one static object for each type, whose address is the type.
 * Every field but the name may be NULL. */
struct kind {
    const char *name;
    /* Gives the value back. NULL: there is nothing to give back. */
    void (*drop)(struct outcome outcome);
    /* Returns one more owner of the same value, or a copy, or a failure if that
     * takes memory and there is none. NULL in a kind that has a drop: the value
     * can have one owner only. */
    struct outcome (*share)(const struct outcome *outcome);
    /* Appends the value as Python's repr() would show it. NULL: its kind's name
     * is all there is to see. */
    void (*print)(const struct outcome *outcome, struct buffer *out);
};

/* ---- the kinds that every storey knows ---- */

extern const struct kind number_kind;   /* .number */
extern const struct kind text_kind;     /* .text: a literal, never dropped */
extern const struct kind string_kind;   /* .text: from malloc, freed */
extern const struct kind borrowed_kind; /* .pointer: owned elsewhere */
extern const struct kind failure_kind;  /* .failure */
extern const struct kind pending_kind;  /* .awaitable */

static inline struct outcome outcome_none(void)
{
    struct outcome outcome;
    outcome.kind = NULL;
    outcome.pointer = NULL;
    return outcome;
}

static inline struct outcome outcome_number(intptr_t number)
{
    struct outcome outcome;
    outcome.kind = &number_kind;
    outcome.number = number;
    return outcome;
}

/* `text` must outlive the outcome, as a literal does. */
static inline struct outcome outcome_text(const char *text)
{
    struct outcome outcome;
    outcome.kind = &text_kind;
    outcome.text = text;
    return outcome;
}

/* Takes over the pointer, which the kind knows how to drop. */
static inline struct outcome outcome_value(const struct kind *kind,
                                           void *pointer)
{
    struct outcome outcome;
    outcome.kind = kind;
    outcome.pointer = pointer;
    return outcome;
}

/* A string from malloc, which is taken over. NULL is a failure: no memory. */
OUTCOME_OWNED struct outcome outcome_string(char *text);

/* The pointer stays its owner's, which keeps it alive. */
static inline struct outcome outcome_borrowed(void *pointer)
{
    return outcome_value(&borrowed_kind, pointer);
}

/* The receiver waits for the awaitable, and owns it from now on. */
static inline struct outcome outcome_pending(struct awaitable *awaitable)
{
    return outcome_value(&pending_kind, awaitable);
}

/* ---- what can be done with any outcome ---- */

static inline bool outcome_is_none(const struct outcome *outcome)
{
    return outcome->kind == NULL;
}

static inline bool outcome_is_failure(const struct outcome *outcome)
{
    return outcome->kind == &failure_kind;
}

static inline bool outcome_is_pending(const struct outcome *outcome)
{
    return outcome->kind == &pending_kind;
}

static inline void outcome_drop(struct outcome outcome)
{
    if (outcome.kind && outcome.kind->drop)
        outcome.kind->drop(outcome);
}

/* Moves it out of `from`, and leaves None there. */
OUTCOME_OWNED static inline struct outcome outcome_take(struct outcome *from)
{
    struct outcome outcome = *from;
    *from = outcome_none();
    return outcome;
}

/* One more owner of the same outcome. A value that can have one owner only goes
 * to the first caller; `outcome` is then a failure that says so (taken_type in
 * failure.h), and that is what every later caller gets. */
OUTCOME_OWNED struct outcome outcome_share(struct outcome *outcome);

/* Appends it as Python's repr() would show it. Control characters are escaped,
 * because some texts come from servers. Without memory, less is appended. */
void outcome_print(const struct outcome *outcome, struct buffer *out);

/* For the print of a kind: the text between quotes, with the same escapes. */
void outcome_print_quoted(struct slice text, struct buffer *out);

#ifdef __cplusplus
}
#endif

#endif
