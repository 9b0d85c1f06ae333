/* SPDX-License-Identifier: MIT */
#include "talks/widgets.h"

#include "base/colour.h"

/* One more widget in its lane, behind the time. */
static void show(struct widgets *f)
{
    static const char *const colours[] = {"\033[36m", "\033[33m"};
    f->made++;
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
        show(f);
    }
    sem_post(&f->done);
    CO_RETURN(outcome_text(f->name));
    CO_END;
}

static void on_show(struct handle *handle)
{
    struct widgets *widgets = container_of(handle, struct widgets, show);
    show(widgets);
    sem_post(&widgets->done);
}

void widgets_wait(struct widgets *widgets)
{
    while (sem_wait(&widgets->done))
        continue;
}

struct generator *widgets_make(struct widgets *widgets, struct talk *talk,
                               const char *name, int lane)
{
    *widgets = (struct widgets){.show.run = on_show,
                                .talk = talk,
                                .name = name,
                                .lane = lane,
                                .dice = (unsigned)lane + 1};
    sem_init(&widgets->done, 0, 0);
    return frame_init(&widgets->frame, make);
}
