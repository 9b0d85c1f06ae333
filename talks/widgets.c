/* SPDX-License-Identifier: MIT */
#include "talks/widgets.h"

#include "base/colour.h"

/* A widget in its lane, behind the time. */
static void show(const struct widgets *f)
{
    static const char *const colours[] = {"\033[36m", "\033[33m"};
    bool colour = colour_is_wanted(stdout);
    char text[80];
    snprintf(text, sizeof text, "%*s%s%s %d%s", 12 * f->lane, "",
             colour ? colours[f->lane] : "", f->name, f->made,
             colour ? "\033[0m" : "");
    talk_say(f->talk, text);
}

/* From a tenth of a second to a whole one. */
static double next_delay(struct widgets *f)
{
    f->dice = f->dice * 1103515245u + 12345u;
    return (f->dice / 65536u % 10 + 1) / 10.0;
}

static struct outcome make(struct generator *self, struct outcome got)
{
    CO_FRAME(struct widgets, f);
    CO_BEGIN;
    while (f->made < WIDGETS) {
        CO_AWAIT(talk_sleep(f->talk, next_delay(f)));
        f->made++;
        show(f);
    }
    if (f->finished)
        CO_AWAIT(queue_put(f->finished, outcome_text(f->name)));
    CO_RETURN(outcome_text(f->name));
    CO_END;
}

struct generator *widgets_make(struct widgets *widgets, struct talk *talk,
                               const char *name, int lane)
{
    *widgets = (struct widgets){
        .talk = talk, .name = name, .lane = lane, .dice = (unsigned)lane + 1};
    return frame_init(&widgets->frame, make);
}
