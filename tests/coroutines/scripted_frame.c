/* SPDX-License-Identifier: MIT */
#include "coroutines/frame.h"
#include "scripted.h"

#include <stdlib.h>

struct scripted_frame {
    struct frame frame;
    struct scripted *scripted;
    struct act act;
};

static struct outcome body(struct generator *self, struct outcome got)
{
    CO_FRAME(struct scripted_frame, f);
    CO_BEGIN;
    for (;;) {
        f->act = f->scripted->next(f->scripted, got);
        switch (f->act.kind) {
        case ACT_YIELD:
            CO_TRY_YIELD(f->act.value);
            break;
        case ACT_AWAIT:
            CO_TRY_AWAIT(f->act.value);
            break;
        case ACT_YIELD_FROM:
            CO_TRY_YIELD_FROM(f->act.callee);
            break;
        case ACT_RETURN:
            CO_RETURN(f->act.value);
        }
    }
    CO_FINALLY;
    f->scripted->finally(f->scripted);
    CO_END_FINALLY;
}

static void release(struct generator *self)
{
    free(container_of(self, struct scripted_frame, frame.generator));
}

static struct generator *make(struct scripted *scripted)
{
    struct scripted_frame *made = malloc(sizeof *made);
    if (!made)
        return NULL;
    made->scripted = scripted;
    frame_init(&made->frame, body)->release = release;
    return &made->frame.generator;
}

const struct engine frame_engine = {"frame", make};
