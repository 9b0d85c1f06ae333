/* SPDX-License-Identifier: MIT */
/* `agenda 3h`: which steps fit into the time of a course. */
#include "lessons/tool/commands.h"

#include "lessons/tool/session.h"

#include <stdio.h>
#include <stdlib.h>

/* Of an hour, so much is for the keyboard; the rest is for talk and
 * predictions. */
enum { WORK_PERCENT = 60, LESSONS_MAX = 64 };

/* "3h", "90m", "1.5h", "2h30m": minutes; 0 when it is not a time. */
static int minutes_from(const char *text)
{
    double sum = 0;
    while (*text) {
        char *end;
        double value = strtod(text, &end);
        if (end == text || value < 0 || value > 10000)
            return 0;
        if (*end == 'h')
            sum += value * 60;
        else if (*end == 'm')
            sum += value;
        else
            return 0;
        text = end + 1;
    }
    return sum > 100000 ? 0 : (int)sum;
}

struct agenda {
    struct lesson **lessons;
    bool chosen[LESSONS_MAX][STEPS_MAX + 1];
    int left; /* minutes of work */
};

/* Takes steps of one rank (1: the shortest course has them), in the order of
 * the syllabus, as long as they fit. */
static void choose(struct agenda *agenda, int rank)
{
    for (int i = 0; agenda->lessons[i] && i < LESSONS_MAX; i++)
        for (int j = 1; j <= agenda->lessons[i]->count; j++) {
            const struct step *step = &agenda->lessons[i]->steps[j];
            if (step->rank != rank || step->minutes > agenda->left)
                continue;
            agenda->chosen[i][j] = true;
            agenda->left -= step->minutes;
        }
}

static void print_agenda(const struct agenda *agenda, int minutes)
{
    int work = 0;
    for (int i = 0; agenda->lessons[i] && i < LESSONS_MAX; i++)
        for (int j = 1; j <= agenda->lessons[i]->count; j++) {
            const struct step *step = &agenda->lessons[i]->steps[j];
            if (!agenda->chosen[i][j])
                continue;
            work += step->minutes;
            printf("  %s.%d  %-36s %3d min\n", agenda->lessons[i]->name, j,
                   step->name, step->minutes);
        }
    printf("\n%d min of work, and %d min for talk and predictions: "
           "%d min\n",
           work, minutes - work, minutes);
}

int agenda_main(const struct place *place, int argc, char **argv)
{
    struct session session;
    int minutes = argc == 2 ? minutes_from(argv[1]) : 0;
    if (minutes <= 0) {
        fputs("usage: ./lab agenda TIME, such as 3h, 90m or 1h30m\n", stderr);
        return 2;
    }
    if (session_open(&session, place))
        return 1;
    struct agenda agenda = {.lessons = session.lessons,
                            .left = minutes * WORK_PERCENT / 100};
    for (int rank = 1; rank <= RANK_LAST; rank++)
        choose(&agenda, rank);
    print_agenda(&agenda, minutes);
    session_close(&session);
    return 0;
}
