/* SPDX-License-Identifier: MIT */
#include "wrong.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* In lines of at most 78 characters. */
static void print_paragraph(const char *label, const char *text)
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

int wrong_show(const struct wrong *wrong)
{
    printf("The mistake: %s.\n\n", wrong->mistake);
    printf("  made:   %ld %s\n", wrong->make(), wrong->damage);
    printf("  mended: %ld %s\n", wrong->mend(), wrong->damage);
    print_paragraph("Why", wrong->why);
    print_paragraph("Instead", wrong->instead);
    return 0;
}

void wrong_need(int works, const char *step)
{
    if (works)
        return;
    perror(step);
    exit(EXIT_FAILURE);
}
