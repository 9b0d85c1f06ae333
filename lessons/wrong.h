/* SPDX-License-Identifier: MIT */
/* For mistakes that are made on purpose, in wrong/ of the lessons, if they are
 * the same every time: the program makes the mistake, counts the damage, does
 * the same work right, and counts again. */
#ifndef LESSONS_WRONG_H
#define LESSONS_WRONG_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct wrong {
    const char *mistake; /* what is done, in a line */
    const char *damage;  /* what is counted */
    long (*make)(void);  /* makes the mistake; returns the damage */
    long (*mend)(void);  /* the same work, done right */
    const char *why;     /* how the one leads to the other */
    const char *instead; /* what to do, and what tells you that you did not */
};

/* In lines of at most 78 characters. */
static inline void wrong_print_paragraph(const char *label, const char *text)
{
    int column = printf("\n%s:", label);
    while (*text) {
        int size = (int)strcspn(text, " ");
        if (column + 1 + size > 78)
            column = printf("\n ") - 1;
        column += printf(" %.*s", size, text);
        text += size + (text[size] == ' ');
    }
    puts("");
}

/* Runs both and tells about it. For main() to return. */
static inline int wrong_show(const struct wrong *wrong)
{
    printf("The mistake: %s.\n\n", wrong->mistake);
    printf("  made:   %ld %s\n", wrong->make(), wrong->damage);
    printf("  mended: %ld %s\n", wrong->mend(), wrong->damage);
    wrong_print_paragraph("Why", wrong->why);
    wrong_print_paragraph("Instead", wrong->instead);
    return 0;
}

/* For steps that these programs take for granted: ends with a message unless
 * `works`. */
static inline void wrong_need(int works, const char *step)
{
    if (works)
        return;
    perror(step);
    exit(EXIT_FAILURE);
}

#endif
