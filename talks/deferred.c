/* SPDX-License-Identifier: MIT */
#include "talks/deferred.h"

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

struct outcome talk_print_error(void *talk, struct outcome failure)
{
    talk_say_outcome(talk, "print_error", &failure);
    outcome_drop(failure);
    return outcome_none();
}
RUNG_NAME(talk_print_error);

int talk_react(struct talk *talk, react_main *main)
{
    return task_react(main, talk) ? -EIO : 0;
}

int talk_url(const struct talk *talk, const char *target, struct buffer *url)
{
    int error =
        buffer_print(url, "http://127.0.0.1:%d%s", talk->origin.port, target);
    return error ? error : buffer_terminate(url);
}

struct deferred *talk_get_page(struct talk *talk, struct reactor *reactor,
                               const char *target)
{
    struct buffer url = {0};
    struct deferred *page = NULL;
    if (!talk_url(talk, target, &url))
        page = deferred_get_page(reactor, url.data);
    buffer_deinit(&url);
    return page;
}

struct outcome talk_outcome(struct deferred *deferred)
{
    return deferred ? outcome_deferred(deferred)
                    : outcome_failure(&failure_no_memory);
}
