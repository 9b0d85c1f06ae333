/* SPDX-License-Identifier: MIT */
/* A24 (coroutines): Idiom: one calls the next
 *
 * Each of three coroutines waits half a second, and then for the one below it.
 * Together they take a second and a half, as functions would.
 *
 * Python: yield from inside what is yielded from. */
#include "talks/coroutine.h"

const char *const talk_sites[] = {NULL};

struct link {
    struct frame frame;
    struct talk *talk;
    const char *name;
    struct link *below; /* NULL: the last one */
};

static struct outcome chained(struct generator *self, struct outcome got)
{
    CO_FRAME(struct link, f);
    CO_BEGIN;
    CO_AWAIT(talk_sleep(f->talk, 0.5));
    if (f->below)
        CO_YIELD_FROM(frame_init(&f->below->frame, chained));
    talk_say(f->talk, f->name);
    CO_END;
}

int talk_run(struct talk *talk)
{
    struct link baz = {.talk = talk, .name = "baz returns"},
                bar = {.talk = talk, .name = "bar returns", .below = &baz},
                foo = {.talk = talk, .name = "foo returns", .below = &bar};
    return talk_complete(talk, frame_init(&foo.frame, chained));
}
