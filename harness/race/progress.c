/* SPDX-License-Identifier: MIT */
#include "harness/race/progress.h"

#include "base/clock.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void progress_init(struct progress *progress)
{
    const char *term = getenv("TERM");

    *progress = (struct progress){
        .began = monotonic_now(),
        .terminal = isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0,
    };
}

void progress_clear(struct progress *progress)
{
    if (progress->shown)
        fprintf(stderr, "\r%*s\r", progress->shown, "");
    progress->shown = 0;
}

void progress_bar(char *text, size_t size, double gone_s, double left_s)
{
    enum { WIDTH = 20 };
    double all = gone_s + left_s;
    int done =
        all > 0 && left_s >= 0 ? (int)((double)WIDTH * gone_s / all) : WIDTH;
    int seconds = left_s > 0 ? (int)(left_s + 0.5) : 0;

    snprintf(text, size, "[%.*s%*s] %d:%02d left", done, "####################",
             WIDTH - done, "", seconds / 60, seconds % 60);
}

void progress_turn(struct progress *progress, double left_s, const char *block,
                   int round, const char *model)
{
    char bar[64];

    progress->turns++;
    if (!progress->terminal)
        return;
    progress_clear(progress);
    progress_bar(bar, sizeof bar,
                 nanos_as_seconds(monotonic_now() - progress->began), left_s);
    progress->shown =
        fprintf(stderr, "%s  %s, round %d: %s", bar, block, round, model);
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
