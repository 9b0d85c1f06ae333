/* SPDX-License-Identifier: MIT */
#include "talks/deferred.h"

#include <stdio.h>

void talk_say_outcome(struct talk *talk, const char *rung,
                      const struct outcome *outcome)
{
    struct buffer text = {0};
    outcome_print(outcome, &text);
    if (!buffer_terminate(&text)) {
        struct buffer line = {0};
        if (!buffer_print(&line, "%s gets %s", rung, text.data) &&
            !buffer_terminate(&line))
            talk_say(talk, line.data);
        buffer_deinit(&line);
    }
    buffer_deinit(&text);
}

struct outcome talk_print(void *talk, struct outcome outcome)
{
    talk_say_outcome(talk, "print", &outcome);
    return outcome;
}
RUNG_NAME(talk_print);
