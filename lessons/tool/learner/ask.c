/* SPDX-License-Identifier: MIT */
#include "lessons/tool/learner/ask.h"

#include "lessons/tool/style.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

enum { CTRL_C = 3 };

/* Not by stdio, which may read too much: that would be lost for the code that
 * reads the terminal's keys afterwards. */
static bool read_line(char *answer, size_t size)
{
    size_t count = 0;
    char letter;
    for (;;) {
        ssize_t got = read(STDIN_FILENO, &letter, 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got != 1 || letter == CTRL_C)
            return false;
        if (letter == '\n')
            break;
        if (count + 1 < size)
            answer[count++] = letter;
    }
    answer[count] = '\0';
    return count > 0;
}

bool ask_line(char *answer, size_t size)
{
    printf("\n> ");
    fflush(stdout);
    bool said = read_line(answer, size);
    if (!said)
        putchar('\n');
    return said;
}

bool ask_yes(const char *question)
{
    char answer[16];
    style_print(question, 0);
    return ask_line(answer, sizeof answer) &&
           (answer[0] == 'y' || answer[0] == 'Y');
}
