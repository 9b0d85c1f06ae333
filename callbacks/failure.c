/* SPDX-License-Identifier: MIT */
#include "callbacks/failure.h"

#include "base/contract.h"
#include "base/path.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

const struct failure_type system_type = {"OSError", NULL};
const struct failure_type cancelled_type = {"CancelledError", NULL};
const struct failure_type timeout_type = {"TimeoutError", NULL};
const struct failure_type misuse_type = {"RuntimeError", NULL};
const struct failure_type taken_type = {"ValueTakenError", &misuse_type};

const struct failure failure_cancelled = {.type = &cancelled_type,
                                          .code = -ECANCELED};
const struct failure failure_no_memory = {
    .type = &system_type, .code = -ENOMEM, .message = "out of memory"};

/* ---- counting ---- */

/* Casts const away, for failures made here only: a static one is a constant and
 * must not be written to. */
static struct failure *writable(const struct failure *failure)
{
    return failure->references ? (struct failure *)failure : NULL;
}

const struct failure *failure_ref(const struct failure *failure)
{
    struct failure *counted = writable(failure);
    if (counted)
        counted->references++;
    return failure;
}

/* A chain of causes may be long, so this is a loop and not a recursion. */
void failure_unref(const struct failure *failure)
{
    while (failure && failure->references) {
        struct failure *counted = writable(failure);
        if (--counted->references)
            return;
        failure = counted->cause;
        outcome_drop(counted->detail);
        free(counted);
    }
}

/* ---- making ---- */

/* The message lies right behind the failure: one allocation for both. */
static struct failure *failure_new(const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int size = format ? vsnprintf(NULL, 0, format, again) : 0;
    va_end(again);
    if (size < 0)
        return NULL;
    struct failure *failure = malloc(sizeof *failure + (size_t)size + 1);
    if (!failure)
        return NULL;
    *failure = (struct failure){.references = 1};
    if (format) {
        char *text = (char *)(failure + 1);
        vsnprintf(text, (size_t)size + 1, format, arguments);
        failure->message = text;
    }
    return failure;
}

struct outcome outcome_fail_at(const char *file, const char *function, int line,
                               const struct failure_type *type, int code,
                               const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    struct failure *failure = failure_new(format, arguments);
    va_end(arguments);
    if (!failure)
        return outcome_failure(&failure_no_memory);
    failure->type = type;
    failure->code = code;
    struct outcome outcome = outcome_failure(failure);
    outcome_passes(&outcome, file, function, line);
    return outcome;
}

struct outcome outcome_errno_at(const char *file, const char *function,
                                int line, int negative_errno)
{
    if (negative_errno == -ENOMEM)
        return outcome_failure(&failure_no_memory);
    const char *words = strerrordesc_np(-negative_errno);
    return outcome_fail_at(file, function, line, &system_type, negative_errno,
                           "%s", words ? words : "unknown error");
}

struct outcome outcome_because(struct outcome outcome, struct outcome cause)
{
    struct failure *failure = writable(outcome.failure);
    if (failure && outcome_is_failure(&cause) && !failure->cause)
        failure->cause = cause.failure;
    else
        outcome_drop(cause);
    return outcome;
}

struct outcome outcome_detailed(struct outcome outcome, struct outcome detail)
{
    struct failure *failure = writable(outcome.failure);
    if (failure) {
        outcome_drop(failure->detail);
        failure->detail = detail;
    } else {
        outcome_drop(detail);
    }
    return outcome;
}

/* ---- asking ---- */

bool failure_is(const struct failure *failure, const struct failure_type *type)
{
    const struct failure_type *its = failure->type;
    while (its && its != type)
        its = its->base;
    return its == type;
}

static const struct failure_type *first_of(const struct failure *failure,
                                           va_list types)
{
    const struct failure_type *type;
    while ((type = va_arg(types, const struct failure_type *)))
        if (failure_is(failure, type))
            return type;
    return NULL;
}

const struct failure_type *failure_check(const struct failure *failure, ...)
{
    va_list types;
    va_start(types, failure);
    const struct failure_type *type = first_of(failure, types);
    va_end(types);
    return type;
}

const struct failure_type *outcome_trap_at(const char *file,
                                           const char *function, int line,
                                           const struct outcome *outcome, ...)
{
    va_list types;
    REQUIRE(outcome_is_failure(outcome),
            "outcome_trap: the outcome is a failure");
    va_start(types, outcome);
    const struct failure_type *type = first_of(outcome->failure, types);
    va_end(types);
    if (!type)
        outcome_passes(outcome, file, function, line);
    return type;
}

void outcome_passes(const struct outcome *outcome, const char *file,
                    const char *function, int line)
{
    struct failure *failure =
        outcome_is_failure(outcome) ? writable(outcome->failure) : NULL;
    if (!failure)
        return;
    if (failure->passed < FAILURE_TRAIL) {
        struct source_place *place = &failure->trail[failure->passed];
        *place = (struct source_place){file, function, line};
    }
    failure->passed++;
}

void source_place_print(const struct source_place *place, struct buffer *out)
{
    buffer_print(out, "%s (%s:%d)", place->function,
                 path_base_name(place->file), place->line);
}

static void print_places(const struct failure *failure, struct buffer *out)
{
    for (unsigned i = 0; i < failure->passed && i < FAILURE_TRAIL; i++) {
        buffer_append_text(out, i ? "  through " : "  in ");
        source_place_print(&failure->trail[i], out);
        buffer_append_text(out, "\n");
    }
    if (failure->passed > FAILURE_TRAIL)
        buffer_print(out, "  and through %u more\n",
                     failure->passed - FAILURE_TRAIL);
}

void failure_print(const struct failure *failure, struct buffer *out)
{
    for (const struct failure *one = failure; one; one = one->cause) {
        struct outcome outcome = outcome_failure(one); /* borrowed: to print */
        buffer_append_text(out, one == failure ? "" : "because of ");
        outcome_print(&outcome, out);
        buffer_append_text(out, "\n");
        print_places(one, out);
    }
}
