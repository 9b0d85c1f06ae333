/* SPDX-License-Identifier: MIT */
/* E10 (coroutines): Demo: foo and bar at once
 *
 * Two Tasks begin, and are left to themselves. Their widgets come as they come.
 *
 * Python: tulip.Task(foo()), tulip.Task(bar()). */
#include "talks/widgets.h"

const char *const talk_sites[] = {NULL};

int talk_run(struct talk *talk)
{
    struct widgets foo, bar;
    int error = task_spawn(talk->loop, widgets_make(&foo, talk, "foo", 0));
    if (!error)
        error = task_spawn(talk->loop, widgets_make(&bar, talk, "bar", 1));
    if (!error)
        error = loop_run(talk->loop);
    return error;
}
