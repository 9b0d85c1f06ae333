/* SPDX-License-Identifier: MIT */
/* What a contract leaves open, tried in every way: a program that waits is
 * right when it is right whichever descriptor, timer, thread or cancel comes
 * first, and a test that only runs it sees one order, always the same.
 *
 * A run asks interleaving_choose wherever something is open, and does what that
 * says. The explorer runs it again and again until each answer has been given
 * at each place. If there are too many for that, the rest is a sample, which a
 * seed determines. So what it finds it finds on any machine, at any speed; and
 * the answers of a run that failed, "0.2.1", make it fail again.
 *
 * interleaved_loop.h asks for a loop. Similar tools for threads are CHESS and
 * Rust's loom and shuttle.
 */
#ifndef SUPPORT_INTERLEAVING_H
#define SUPPORT_INTERLEAVING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { INTERLEAVING_CHOICES_MAX = 256, INTERLEAVING_TEXT_MAX = 1024 };

/* The answers of one run. */
struct interleaving {
    uint16_t choices[INTERLEAVING_CHOICES_MAX];
    uint16_t options[INTERLEAVING_CHOICES_MAX]; /* from which each was made */
    size_t made;                                /* so far in this run */
    size_t given;    /* how many were given to it; the rest it makes up */
    uint64_t random; /* 0: what it makes up is 0, the first of the options */
    bool misfit;     /* what was given does not fit this run, or it has asked
                        too often: then the answer is 0 */
};

/* Chooses one of `options`, counted from 0. With one option nothing is
 * recorded. */
size_t interleaving_choose(struct interleaving *interleaving, size_t options);

/* "0.2.1": what makes the same run again. Zeros at the end are left out, and so
 * nothing at all is "0". Returns `text`. */
const char *interleaving_text(const struct interleaving *interleaving,
                              char text[INTERLEAVING_TEXT_MAX]);

/* Reads such a text. False when it is not one. */
bool interleaving_parse(struct interleaving *interleaving, const char *text);

/* Runs the program once. False when something is wrong, which ends the
 * exploring. The run must depend on its choices alone. */
typedef bool interleaving_run(void *context, struct interleaving *interleaving);

struct exploration {
    /* yours */
    size_t every_up_to; /* runs in which each order is tried */
    size_t sample;      /* runs that are made up, if those were not all */
    uint64_t seed;      /* of the sample; not 0 */

    /* what came of it */
    size_t runs;
    bool all;    /* each order there is was tried */
    bool failed; /* and in `last` it did */
    struct interleaving last;
};

void interleaving_explore(struct exploration *exploration,
                          interleaving_run *run, void *context);

#ifdef __cplusplus
}
#endif

#endif
