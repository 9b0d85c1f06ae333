/* SPDX-License-Identifier: MIT */
#include "callbacks/outcome.h"

#include "base/text.h"
#include "callbacks/awaitable.h"
#include "callbacks/failure.h"

#include <stdlib.h>
#include <string.h>

static void number_print(const struct outcome *outcome, struct buffer *out)
{
    buffer_print(out, "%jd", (intmax_t)outcome->number);
}

/* ---- text ---- */

/* These are not written as they are between quotes. */
static const char special[] = {'\'', '\\', '\n', '\r'};

static size_t size_of_plain(struct slice text)
{
    size_t size = 0;
    while (size < text.size &&
           !memchr(special, text.data[size], sizeof special))
        size++;
    return size;
}

static void print_special(char c, struct buffer *out)
{
    if (c == '\n')
        buffer_append_text(out, "\\n");
    else if (c == '\r')
        buffer_append_text(out, "\\r");
    else
        buffer_print(out, "\\%c", c);
}

static void print_escaped(struct slice text, struct buffer *out)
{
    while (text.size > 0) {
        size_t plain = size_of_plain(text);
        text_append_printable(out, (struct slice){text.data, plain}, "");
        if (plain == text.size)
            break;
        print_special(text.data[plain], out);
        text.data += plain + 1;
        text.size -= plain + 1;
    }
}

void outcome_print_quoted(struct slice text, struct buffer *out)
{
    buffer_append_text(out, "'");
    print_escaped(text, out);
    buffer_append_text(out, "'");
}

static void text_print(const struct outcome *outcome, struct buffer *out)
{
    outcome_print_quoted(slice_of(outcome->text), out);
}

struct outcome outcome_string(char *text)
{
    return text ? outcome_value(&string_kind, text)
                : outcome_failure(&failure_no_memory);
}

static void string_drop(struct outcome outcome)
{
    free(outcome.pointer);
}

static struct outcome string_share(const struct outcome *outcome)
{
    return outcome_string(strdup(outcome->text));
}

/* ---- failures, and awaitables ---- */

static void failure_drop(struct outcome outcome)
{
    failure_unref(outcome.failure);
}

static struct outcome failure_share(const struct outcome *outcome)
{
    return outcome_failure(failure_ref(outcome->failure));
}

static void failure_show(const struct outcome *outcome, struct buffer *out)
{
    const struct failure *failure = outcome->failure;
    const char *message = failure->message ? failure->message : "";
    buffer_print(out, "%s(", failure->type->name);
    print_escaped(slice_of(message), out);
    buffer_append_text(out, ")");
}

static void pending_drop(struct outcome outcome)
{
    awaitable_drop(outcome.awaitable);
}

static void pending_print(const struct outcome *outcome, struct buffer *out)
{
    buffer_print(out, "<%s, pending>", outcome->awaitable->ops->name);
}

const struct kind number_kind = {.name = "number", .print = number_print};
const struct kind text_kind = {.name = "text", .print = text_print};
const struct kind string_kind = {.name = "string",
                                 .drop = string_drop,
                                 .share = string_share,
                                 .print = text_print};
const struct kind borrowed_kind = {.name = "borrowed"};
const struct kind failure_kind = {.name = "failure",
                                  .drop = failure_drop,
                                  .share = failure_share,
                                  .print = failure_show};
const struct kind pending_kind = {
    .name = "pending", .drop = pending_drop, .print = pending_print};

/* ---- any of them ---- */

static const struct failure failure_taken = {
    .type = &taken_type,
    .message = "this value has one owner, which has taken it already",
};

struct outcome outcome_share(struct outcome *outcome)
{
    const struct kind *kind = outcome->kind;
    if (!kind || !kind->drop)
        return *outcome;
    if (kind->share)
        return kind->share(outcome);
    struct outcome only = *outcome;
    *outcome = outcome_failure(&failure_taken);
    return only;
}

void outcome_print(const struct outcome *outcome, struct buffer *out)
{
    if (!outcome->kind)
        buffer_append_text(out, "None");
    else if (outcome->kind->print)
        outcome->kind->print(outcome, out);
    else
        buffer_print(out, "<%s>", outcome->kind->name);
}
