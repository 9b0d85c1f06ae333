/* SPDX-License-Identifier: MIT */
#include "talks/draw.h"

#include "base/colour.h"
#include "base/whole_file.h"
#include "deferreds/ladder.h"
#include "deferreds/notes.h"
#include "deferreds/rung_name.h"

#include <errno.h>
#include <stdlib.h>

/* An onlooker in front of the notes: it tells them everything, and then draws
 * what they know. */
struct talk_drawing {
    struct deferred_probe probe;
    struct deferred_probe *next;
    struct deferred_notes *notes;
    const char *path;
    struct ladder all; /* for the file */
};

static bool is_of_the_program(deferred_fn *fn)
{
    const struct rung_name *name = fn ? rung_name_of(fn) : NULL;
    return name && strstr(name->file, "talks/");
}

static bool is_to_be_drawn(const struct deferred *deferred)
{
    for (uint32_t i = 0; i < deferred->count; i++)
        if (is_of_the_program(deferred->rungs[i].callback) ||
            is_of_the_program(deferred->rungs[i].errback))
            return true;
    return false;
}

static const char *what_happened(enum deferred_event event)
{
    switch (event) {
    case DEFERRED_FIRED:
        return "---- it is fired";
    case DEFERRED_FIRED_AGAIN:
        return "---- it is fired again: that is refused";
    case DEFERRED_LEFT:
        return "---- a rung has run";
    case DEFERRED_ENDS:
        return "---- it ends";
    default:
        return NULL;
    }
}

static void draw(struct talk_drawing *drawing, enum deferred_event event,
                 const struct deferred *deferred)
{
    struct ladder ladder = {0}, *target = &ladder;
    struct buffer text = {0};
    if (drawing->path)
        target = &drawing->all;
    ladder_say(target, what_happened(event));
    ladder_add(target, deferred);
    ladder_text(&ladder, colour_is_wanted(stdout), &text);
    printf("%.*s", (int)text.size, text.data ? text.data : "");
    if (buffer_lacks(&text))
        puts("(there is no memory to draw the rest)");
    buffer_deinit(&text);
    ladder_deinit(&ladder);
}

/* What waits for it is drawn around it. */
static void note(struct deferred_probe *probe, enum deferred_event event,
                 const struct deferred *deferred)
{
    struct talk_drawing *drawing =
        container_of(probe, struct talk_drawing, probe);
    const struct deferred *outermost = deferred;
    if (event != DEFERRED_ENDS)
        drawing->next->note(drawing->next, event, deferred);
    while (outermost->outer)
        outermost = outermost->outer;
    if (what_happened(event) && is_to_be_drawn(outermost))
        draw(drawing, event, outermost);
    if (event == DEFERRED_ENDS)
        drawing->next->note(drawing->next, event, deferred);
}

static void tell(struct deferred_probe *probe, const struct deferred *deferred,
                 struct buffer *out)
{
    struct talk_drawing *drawing =
        container_of(probe, struct talk_drawing, probe);
    drawing->next->tell(drawing->next, deferred, out);
}

int talk_draw_begin(struct talk_drawing **drawing, const char *path)
{
    int error = path ? whole_file_try(path) : 0;
    if (error)
        return error;
    struct talk_drawing *made = calloc(1, sizeof *made);
    if (!made)
        return -ENOMEM;
    error = deferred_notes_new(&made->notes);
    if (error) {
        free(made);
        return error;
    }
    made->probe = (struct deferred_probe){note, tell};
    made->next = deferred_probe;
    made->path = path;
    deferred_probe = &made->probe;
    *drawing = made;
    return 0;
}

int talk_draw_end(struct talk_drawing *drawing)
{
    struct buffer svg = {0};
    int error = 0;
    if (!drawing)
        return 0;
    deferred_probe = drawing->next;
    deferred_notes_free(drawing->notes);
    if (drawing->path) {
        ladder_svg(&drawing->all, &svg);
        error = buffer_lacks(&svg)
                    ? -ENOMEM
                    : whole_file_write(drawing->path, buffer_slice(&svg),
                                       WHOLE_FILE_WRITTEN);
    }
    buffer_deinit(&svg);
    ladder_deinit(&drawing->all);
    free(drawing);
    return error;
}
