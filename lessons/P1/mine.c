/* SPDX-License-Identifier: MIT */
/* Your processes as a contestant of the race. What blocking_fetch can, each of
 * them can. */
#include "harness/models.h"
#include "lessons/P1/fork.h"

static const struct model mine = {
    .name = "mine",
    .family = "lessons",
    .summary = "a process for each page; yours, of lesson P1",
    .can = CAN_OVERLAP | CAN_TIME_OUT | CAN_REDIRECT | CAN_START_LATER,
    .run = fork_run,
};

const struct model *models_mine(void)
{
    return &mine;
}
