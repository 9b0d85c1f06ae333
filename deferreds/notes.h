/* SPDX-License-Identifier: MIT */
/* Notes of what happens to the Deferreds of a thread, kept beside them for
 * debugging: Twisted's setDebugging(True) (DF12).
 *
 * With notes a failure that no code has asked for is reported with the place
 * where its Deferred was made, and the one where it was first fired; firing it
 * once more is reported, too; and a drawing (ladder.h) shows which way the
 * outcome has gone. The places are known for code that includes debug.h.
 *
 * A Deferred that is there already when the notes begin is noted from then on.
 * Without memory less is noted.
 */
#ifndef DEFERREDS_NOTES_H
#define DEFERREDS_NOTES_H

#include "callbacks/failure.h"
#include "deferreds/deferred.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How much of an outcome is noted. */
enum { NOTED_TEXT = 32 };

/* One rung that has run, or runs now. */
struct noted_step {
    struct rung rung;
    bool failed;            /* it was entered on the right, with a failure */
    bool left;              /* it has returned */
    bool failed_then;       /* what it returned was a failure, or ... */
    char after[NOTED_TEXT]; /* ... what came of it when it asked another one */
};

/* What is known of one Deferred. */
struct noted {
    const struct deferred *deferred;
    struct noted *next;              /* in the table of the notes */
    struct source_place made, fired; /* .file NULL: not known */
    bool was_fired, failed;
    char outcome[NOTED_TEXT]; /* what it was fired with */
    struct noted_step *steps;
    size_t count, capacity;
};

struct deferred_notes;

/* Begins to take notes on this thread. 0, -ENOMEM, or -EALREADY. */
int deferred_notes_new(struct deferred_notes **notes);

/* Takes no more notes, and forgets those that there are. On the same thread;
 * NULL is harmless. */
void deferred_notes_free(struct deferred_notes *notes);

/* What is known of it; NULL: nothing. Good until the next thing happens. */
const struct noted *deferred_noted(const struct deferred *deferred);

/* For debug.h: the place from which the next thing is going to be done. */
void deferred_is_here(const char *file, const char *function, int line);

#ifdef __cplusplus
}
#endif

#endif
