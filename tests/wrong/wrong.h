/* SPDX-License-Identifier: MIT */
/* Mistakes that all of us make once, kept on purpose. Each is a program of its
 * own: it makes the mistake, counts the damage, does it right, and counts
 * again. Nothing is left to chance or to the clock, so the damage is the same
 * every time; in the wild it comes once a month. */
#ifndef WRONG_WRONG_H
#define WRONG_WRONG_H

struct wrong {
    const char *mistake; /* what is done, in a line */
    const char *damage;  /* what is counted */
    long (*make)(void);  /* makes the mistake; returns the damage */
    long (*mend)(void);  /* the same work, done right */
    const char *why;     /* how the one leads to the other */
    const char *instead; /* what to do, and what tells you that you did not */
};

/* Runs both and tells about it. For main() to return. */
int wrong_show(const struct wrong *wrong);

/* For steps that these programs take for granted: ends with a message unless
 * `works`. */
void wrong_need(int works, const char *step);

#endif
