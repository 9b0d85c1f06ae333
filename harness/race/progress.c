/* SPDX-License-Identifier: MIT */
#include "harness/race/progress.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void progress_init(struct progress *progress)
{
    const char *term = getenv("TERM");

    *progress = (struct progress){
        .terminal = isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0,
    };
}

void progress_clear(struct progress *progress)
{
    if (progress->shown)
        fprintf(stderr, "\r%*s\r", progress->shown, "");
    progress->shown = 0;
}

void progress_turn(struct progress *progress, const char *block, int round,
                   const char *model)
{
    progress->turns++;
    if (!progress->terminal)
        return;
    progress_clear(progress);
    progress->shown =
        fprintf(stderr, "[%d/%d] %s, round %d: %s", progress->turns,
                progress->turns_expected, block, round, model);
}

void progress_say(struct progress *progress, const char *format, ...)
{
    va_list arguments;

    progress_clear(progress);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}
