/* SPDX-License-Identifier: MIT */
/* A Deferred, drawn from the object itself: a ladder with the callbacks on the
 * left and the errbacks on the right.
 *
 *     a Deferred: over
 *          callbacks                 errbacks
 *          v 'PAGE'
 *       1 [lower_case]               .
 *          v 'page'
 *       2 [print_page]               on_error
 *          v None
 *
 * [name] was called; `v` and `|` show the side on which the outcome went. They
 * are known while notes are taken (notes.h); without notes rungs that have run
 * are merely marked as that. A rung without a function on a side is a dot. What
 * a Deferred waits for is drawn inside it, at the rung that asked.
 */
#ifndef DEFERREDS_LADDER_H
#define DEFERREDS_LADDER_H

#include "deferreds/deferred.h"

#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

enum ladder_kind {
    LADDER_TITLE, /* left: what it says of itself */
    LADDER_HEAD,  /* the names of the columns */
    LADDER_VALUE, /* left: an outcome, in the lane where it is */
    LADDER_RUNG,  /* left, right: names; "": none on that side */
    LADDER_NOTE,  /* left: a remark */
};

enum { LADDER_TEXT = 96 };

struct ladder_line {
    enum ladder_kind kind;
    unsigned depth;  /* how many Deferreds it is in */
    unsigned number; /* of the rung, from 1 on */
    bool passed;     /* the rung has run */
    bool known;      /* on which side: `failed` */
    bool failed;     /* the right one */
    char left[LADDER_TEXT], right[LADDER_TEXT];
};

/* All zero is an empty one. */
struct ladder {
    struct ladder_line *lines;
    size_t count, capacity;
    bool short_of_memory; /* the rest is missing */
};

/* Appends a drawing, or a line of text. Without memory less is drawn, and the
 * picture says so. */
void ladder_add(struct ladder *ladder, const struct deferred *deferred);
void ladder_say(struct ladder *ladder, const char *text);
void ladder_deinit(struct ladder *ladder);

/* Appends the picture as lines of text, in colours if wanted; or as one SVG
 * document. */
void ladder_text(const struct ladder *ladder, bool colour, struct buffer *out);
void ladder_svg(const struct ladder *ladder, struct buffer *out);

/* Prints one: in colour on a terminal, unless NO_COLOR is set (base/colour.h).
 */
void deferred_print(const struct deferred *deferred, FILE *out);

/* In one line what happens when it fires: the callbacks to come, and those of
 * the Deferreds that wait for it. For the text behind a handle's name in
 * loop_dump. */
void deferred_describe(const struct deferred *deferred, FILE *out);

#ifdef __cplusplus
}
#endif

#endif
