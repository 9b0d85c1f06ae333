/* SPDX-License-Identifier: MIT */
#include "deferreds/ladder.h"

#include "base/colour.h"
#include "callbacks/handle_name.h"
#include "deferreds/notes.h"
#include "deferreds/rung_name.h"

#include <stdarg.h>
#include <stdlib.h>

/* Deferreds that wait for each other are drawn inside each other, this deep. */
enum { DEPTH_MAX = 4 };

static void add_deferred(struct ladder *ladder, const struct deferred *deferred,
                         unsigned depth);

/* ---- lines ---- */

static struct ladder_line *add_line(struct ladder *ladder,
                                    enum ladder_kind kind, unsigned depth)
{
    static struct ladder_line nowhere;
    if (ladder->count == ladder->capacity) {
        size_t capacity = ladder->capacity ? 2 * ladder->capacity : 16;
        struct ladder_line *lines =
            realloc(ladder->lines, capacity * sizeof *lines);
        if (!lines) {
            ladder->short_of_memory = true;
            return &nowhere;
        }
        ladder->lines = lines;
        ladder->capacity = capacity;
    }
    struct ladder_line *line = &ladder->lines[ladder->count++];
    *line = (struct ladder_line){.kind = kind, .depth = depth};
    return line;
}

__attribute__((format(printf, 2, 3))) static void
set_text(struct ladder_line *line, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line->left, sizeof line->left, format, arguments);
    va_end(arguments);
}

static void add_value(struct ladder *ladder, unsigned depth, bool failed,
                      const char *text)
{
    struct ladder_line *line = add_line(ladder, LADDER_VALUE, depth);
    line->known = true;
    line->failed = failed;
    set_text(line, "%s", text);
}

/* For a core that is not the lab's; see deferred_rung. */
static const char unseen[] = "(cannot be seen)";

static struct ladder_line *add_rung(struct ladder *ladder, unsigned depth,
                                    unsigned number, const struct rung *rung)
{
    struct ladder_line *line = add_line(ladder, LADDER_RUNG, depth);
    char text[RUNG_NAME_MAX];
    line->number = number;
    snprintf(line->left, sizeof line->left, "%s",
             rung ? rung_name_text(rung->callback, text) : unseen);
    snprintf(line->right, sizeof line->right, "%s",
             rung ? rung_name_text(rung->errback, text) : unseen);
    return line;
}

/* ---- what it is ---- */

static const char *state_of(const struct deferred *deferred)
{
    if (!deferred->fired)
        return deferred->stopping ? "is being cancelled" : "not fired";
    if (deferred->inner)
        return "waits";
    if (deferred->offered)
        return "waits until its outcome is taken";
    if (deferred->running)
        return "runs";
    if (deferred->paused)
        return "paused";
    return deferred->next < deferred->count ? "fired" : "over";
}

static void add_title(struct ladder *ladder, const struct deferred *deferred,
                      const struct noted *noted, unsigned depth)
{
    struct ladder_line *line = add_line(ladder, LADDER_TITLE, depth);
    struct buffer made = {0};
    if (noted && noted->made.file)
        source_place_print(&noted->made, &made);
    set_text(line, "a Deferred%s%.*s: %s", made.size ? ", made in " : "",
             (int)made.size, made.size ? made.data : "", state_of(deferred));
    buffer_deinit(&made);
    add_line(ladder, LADDER_HEAD, depth);
}

/* ---- what is behind it ---- */

/* Without notes it is only known that they were run. */
static unsigned add_unknown(struct ladder *ladder,
                            const struct deferred *deferred, unsigned depth)
{
    for (uint32_t i = 0; i < deferred->next; i++)
        add_rung(ladder, depth, i + 1, deferred_rung(deferred, i))->passed =
            true;
    return deferred->next;
}

static unsigned add_passed(struct ladder *ladder, const struct noted *noted,
                           unsigned depth)
{
    if (noted->was_fired)
        add_value(ladder, depth, noted->failed, noted->outcome);
    for (size_t i = 0; i < noted->count; i++) {
        const struct noted_step *step = &noted->steps[i];
        struct ladder_line *line =
            add_rung(ladder, depth, (unsigned)i + 1, &step->rung);
        line->passed = line->known = true;
        line->failed = step->failed;
        if (step->left)
            add_value(ladder, depth, step->failed_then, step->after);
    }
    return (unsigned)noted->count;
}

/* ---- what is before it ---- */

static void add_inner(struct ladder *ladder, const struct deferred *deferred,
                      unsigned depth)
{
    const struct awaitable *inner = deferred->inner;
    if (!inner)
        return;
    bool is_deferred = inner->ops == &deferred_ops;
    struct ladder_line *line = add_line(ladder, LADDER_NOTE, depth);
    if (is_deferred && depth + 1 < DEPTH_MAX)
        set_text(line, "waits for:");
    else
        set_text(line, "waits for a %s", inner->ops->name);
    if (is_deferred && depth + 1 < DEPTH_MAX)
        add_deferred(ladder,
                     container_of(inner, const struct deferred, awaitable),
                     depth + 1);
}

static void add_outlet(struct ladder *ladder, const struct deferred *deferred,
                       unsigned depth)
{
    char text[HANDLE_NAME_MAX];
    struct ladder_line *line;
    if (!deferred->outer && !deferred->waiter)
        return;
    line = add_line(ladder, LADDER_NOTE, depth);
    if (deferred->outer)
        set_text(line, "here the outcome goes to the Deferred that waits");
    else
        set_text(line, "here %s takes the outcome",
                 handle_name_text(deferred->waiter->run, text));
}

static void add_to_come(struct ladder *ladder, const struct deferred *deferred,
                        unsigned depth, unsigned behind)
{
    for (uint32_t i = deferred->next; i <= deferred->count; i++) {
        if (i == deferred->outlet)
            add_outlet(ladder, deferred, depth);
        if (i < deferred->count)
            add_rung(ladder, depth, ++behind, deferred_rung(deferred, i));
    }
}

static void add_deferred(struct ladder *ladder, const struct deferred *deferred,
                         unsigned depth)
{
    const struct noted *noted = deferred_noted(deferred);
    add_title(ladder, deferred, noted, depth);
    unsigned behind = noted ? add_passed(ladder, noted, depth)
                            : add_unknown(ladder, deferred, depth);
    add_inner(ladder, deferred, depth);
    add_to_come(ladder, deferred, depth, behind);
}

/* ---- from outside ---- */

void ladder_add(struct ladder *ladder, const struct deferred *deferred)
{
    add_deferred(ladder, deferred, 0);
}

void ladder_say(struct ladder *ladder, const char *text)
{
    set_text(add_line(ladder, LADDER_NOTE, 0), "%s", text);
}

void ladder_deinit(struct ladder *ladder)
{
    free(ladder->lines);
    *ladder = (struct ladder){0};
}

void deferred_print(const struct deferred *deferred, FILE *out)
{
    struct ladder ladder = {0};
    struct buffer text = {0};
    ladder_add(&ladder, deferred);
    ladder_text(&ladder, colour_is_wanted(out), &text);
    fwrite(text.data ? text.data : "", 1, text.size, out);
    buffer_deinit(&text);
    ladder_deinit(&ladder);
}

static void describe_one(const struct deferred *deferred, FILE *out)
{
    char text[RUNG_NAME_MAX];
    uint32_t i = deferred->next;
    if (i == deferred->count)
        fputs("nothing", out);
    for (; i < deferred->count; i++) {
        const struct rung *rung = deferred_rung(deferred, i);
        fputs(i > deferred->next ? ", " : "", out);
        if (!rung)
            fputs(unseen, out);
        else
            fputs(rung_name_text(
                      rung->callback ? rung->callback : rung->errback, text),
                  out);
    }
}

void deferred_describe(const struct deferred *deferred, FILE *out)
{
    fputs("a Deferred, then ", out);
    for (int depth = 0; deferred && depth < DEPTH_MAX; depth++) {
        fputs(depth ? "; for the one that waits, then " : "", out);
        describe_one(deferred, out);
        deferred = deferred->outer;
    }
    fputs(deferred ? "; and so on" : "", out);
}
