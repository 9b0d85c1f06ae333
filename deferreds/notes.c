/* SPDX-License-Identifier: MIT */
#include "deferreds/notes.h"

#include "callbacks/unhandled.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { BUCKETS = 1024 };

struct deferred_notes {
    struct deferred_probe probe;
    struct deferred_probe *before;
    struct source_place here; /* .file NULL: not said */
    struct noted *buckets[BUCKETS];
};

/* Deferreds belong to a thread, and so do the notes of them. */
static _Thread_local struct deferred_notes *mine;

/* ---- the table ---- */

static struct noted **place_of(struct deferred_notes *notes,
                               const struct deferred *deferred)
{
    uintptr_t address = (uintptr_t)deferred;
    struct noted **link =
        &notes->buckets[(address / 16 ^ address / 16384) % BUCKETS];
    while (*link && (*link)->deferred != deferred)
        link = &(*link)->next;
    return link;
}

static void forget_deferred(struct deferred_notes *notes,
                            const struct deferred *deferred)
{
    struct noted **link = place_of(notes, deferred), *noted = *link;
    if (!noted)
        return;
    *link = noted->next;
    free(noted->steps);
    free(noted);
}

static struct noted *note_of(struct deferred_notes *notes,
                             const struct deferred *deferred)
{
    struct noted **link = place_of(notes, deferred);
    if (!*link && (*link = calloc(1, sizeof **link)))
        (*link)->deferred = deferred;
    return *link;
}

const struct noted *deferred_noted(const struct deferred *deferred)
{
    return mine ? *place_of(mine, deferred) : NULL;
}

/* ---- what is noted ---- */

static void tell_place(const char *what, struct source_place place,
                       struct buffer *out)
{
    if (!place.file)
        return;
    buffer_append_text(out, what);
    source_place_print(&place, out);
}

/* Copies as much of it as there is room for. */
static void note_outcome(const struct outcome *outcome, char text[NOTED_TEXT])
{
    struct buffer shown = {0};
    outcome_print(outcome, &shown);
    bool fits = shown.size < NOTED_TEXT;
    snprintf(text, NOTED_TEXT, "%.*s%s",
             (int)(fits ? shown.size : NOTED_TEXT - 4), shown.data,
             fits ? "" : "...");
    buffer_deinit(&shown);
}

static void note_fire(struct noted *noted, struct source_place here)
{
    noted->fired = here;
    noted->was_fired = true;
    noted->failed = outcome_is_failure(&noted->deferred->outcome);
    note_outcome(&noted->deferred->outcome, noted->outcome);
}

static struct noted_step *add_step(struct noted *noted)
{
    if (noted->count == noted->capacity) {
        size_t capacity = noted->capacity ? 2 * noted->capacity : 8;
        struct noted_step *steps =
            realloc(noted->steps, capacity * sizeof *steps);
        if (!steps)
            return NULL;
        noted->steps = steps;
        noted->capacity = capacity;
    }
    return &noted->steps[noted->count++];
}

static void note_left(struct noted *noted)
{
    struct noted_step *step =
        noted->count ? &noted->steps[noted->count - 1] : NULL;
    if (!step)
        return;
    step->left = true;
    step->failed_then = outcome_is_failure(&noted->deferred->outcome);
    note_outcome(&noted->deferred->outcome, step->after);
}

/* If the rung before this one was waiting for another Deferred, that one's
 * outcome is there now. */
static void note_enters(struct noted *noted)
{
    const struct deferred *deferred = noted->deferred;
    note_left(noted);
    struct noted_step *step = add_step(noted);
    const struct rung *rung = deferred_rung(deferred, deferred->next - 1);
    if (step)
        *step = (struct noted_step){
            .rung = rung ? *rung : (struct rung){0},
            .failed = outcome_is_failure(&deferred->outcome),
        };
}

static void report_again(struct deferred_notes *notes,
                         const struct deferred *deferred,
                         struct source_place here)
{
    struct outcome misuse = outcome_fail(
        &misuse_type, -EALREADY, "AlreadyCalled: a Deferred is fired once");
    struct buffer what = {0};
    buffer_append_text(&what, "A Deferred is fired again");
    tell_place(", in ", here, &what);
    notes->probe.tell(&notes->probe, deferred, &what);
    if (!buffer_terminate(&what))
        unhandled_report(what.data, &misuse);
    buffer_deinit(&what);
    outcome_drop(misuse);
}

static void note(struct deferred_probe *probe, enum deferred_event event,
                 const struct deferred *deferred)
{
    struct deferred_notes *notes =
        container_of(probe, struct deferred_notes, probe);
    struct source_place here = notes->here;
    struct noted *noted;
    notes->here = (struct source_place){0};
    if (event == DEFERRED_MADE || event == DEFERRED_ENDS)
        forget_deferred(notes, deferred);
    if (event == DEFERRED_ENDS || !(noted = note_of(notes, deferred)))
        return;
    if (event == DEFERRED_MADE)
        noted->made = here;
    else if (event == DEFERRED_FIRED)
        note_fire(noted, here);
    else if (event == DEFERRED_FIRED_AGAIN)
        report_again(notes, deferred, here);
    else if (event == DEFERRED_ENTERS)
        note_enters(noted);
    else
        note_left(noted);
}

static void tell_note(struct deferred_probe *probe,
                      const struct deferred *deferred, struct buffer *out)
{
    const struct noted *noted = deferred_noted(deferred);
    (void)probe;
    if (!noted)
        return;
    tell_place(", made in ", noted->made, out);
    tell_place(", first fired in ", noted->fired, out);
}

/* ---- notes, from beginning to end ---- */

void deferred_is_here(const char *file, const char *function, int line)
{
    if (mine)
        mine->here = (struct source_place){file, function, line};
}

int deferred_notes_new(struct deferred_notes **notes)
{
    if (mine)
        return -EALREADY;
    *notes = calloc(1, sizeof **notes);
    if (!*notes)
        return -ENOMEM;
    (*notes)->probe = (struct deferred_probe){note, tell_note};
    (*notes)->before = deferred_probe;
    mine = *notes;
    deferred_probe = &mine->probe;
    return 0;
}

void deferred_notes_free(struct deferred_notes *notes)
{
    if (!notes)
        return;
    deferred_probe = notes->before;
    mine = NULL;
    for (size_t i = 0; i < BUCKETS; i++)
        while (notes->buckets[i])
            forget_deferred(notes, notes->buckets[i]->deferred);
    free(notes);
}
