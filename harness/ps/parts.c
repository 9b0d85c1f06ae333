/* SPDX-License-Identifier: MIT */
/* What a thing waits for, by its shape. */
#include "harness/ps/look.h"

#include "callbacks/loop.h"
#include "coroutines/future.h"

#include <string.h>

enum { ELEMENTS_MAX = 10000, TEXTS_MAX = 8 };

/* Is anything going to wake it? */
struct found {
    bool any;       /* yes, by something that was found */
    bool could;     /* something of a kind that could was looked for */
    unsigned inner; /* the depth at which what it waits for in turn is said */
};

static void look_parts_as(struct look *look, place at,
                          const struct wait_shape *shape, const char *name,
                          unsigned depth, struct found *found);

/* ---- what ends it: a timer, a descriptor ---- */

static bool look_timer(struct look *look, place at, const char *name,
                       unsigned depth)
{
    struct handle handle;
    target_read(look->target, at, &handle, sizeof handle);
    double left = seconds_from(look->snapshot->now, handle.when);
    if (handle.state == HANDLE_TIMED)
        look_say_wait(look, depth, "%s: timer, %.3f s left", name, left);
    else if (handle.state == HANDLE_READY)
        look_say_wait(look, depth, "%s: its time has come", name);
    return handle.state == HANDLE_TIMED || handle.state == HANDLE_READY;
}

static bool look_watch(struct look *look, place at, const char *name,
                       unsigned depth)
{
    struct watch watch;
    char what[SHOWN_NAME];
    if (!at || !target_read(look->target, at, &watch, sizeof watch) ||
        !watch.interest)
        return false;
    look_say_wait(look, depth, "%s: fd %d %s%s%s, %s", name, watch.fd,
                  watch.interest & SELECT_READ ? "readable" : "",
                  watch.interest == (SELECT_READ | SELECT_WRITE) ? " or " : "",
                  watch.interest & SELECT_WRITE ? "writable" : "",
                  look_descriptor(look->target, watch.fd, what));
    return true;
}

/* ---- more about it ---- */

static void look_text(struct look *look, place at, const char *name,
                      unsigned depth)
{
    char text[SHOWN_NAME];
    look_say_wait(look, depth, "%s: %s", name,
                  target_text(look->target, at, text, sizeof text));
}

static void look_texts(struct look *look, place whole,
                       const struct wait_part *part, const char *name,
                       unsigned depth)
{
    size_t count = 0;
    char all[SHOWN_TEXT] = "", one[SHOWN_NAME];
    place array = target_pointer(look->target, whole + part->offset);
    target_read(look->target, whole + part->count, &count, sizeof count);
    for (size_t i = 0; i < count && i < TEXTS_MAX; i++) {
        size_t used = strlen(all);
        place text = target_pointer(look->target,
                                    array + i * part->stride + part->member);
        snprintf(all + used, sizeof all - used, "%s%s", i ? ", " : "",
                 target_text(look->target, text, one, sizeof one));
    }
    look_say_wait(look, depth, "%s of %zu: %s%s", name, count, all,
                  count > TEXTS_MAX ? ", ..." : "");
}

/* ---- what it waits for in turn ---- */

/* Leaves out parts that need not be waited for any more. */
static bool has_come(struct look *look, place at)
{
    struct future future;
    struct wait_shape shape;
    place key = target_pointer(look->target, at);
    if (target_is(look->target, key, "future_ops"))
        return target_read(look->target, at, &future, sizeof future) &&
               future_done(&future);
    if (!look_shape(look->target, key, &shape))
        return false;
    for (int i = 0; i < WAIT_PARTS_MAX; i++)
        if (shape.parts[i].kind == WAIT_UNLESS)
            return target_flag(look->target,
                               at - shape.member + shape.parts[i].offset);
    return false;
}

static void look_several(struct look *look, place whole,
                         const struct wait_part *part, const char *name,
                         unsigned depth)
{
    size_t count = 0, pending = 0;
    place array = whole + part->offset;
    if (part->kind == WAIT_SEVERAL)
        array = target_pointer(look->target, array);
    target_read(look->target, whole + part->count, &count, sizeof count);
    if (count > ELEMENTS_MAX)
        count = 0;
    look_say_wait(look, depth, "%s of %zu", name, count);
    for (size_t i = 0; i < count; i++) {
        place at = target_pointer(look->target,
                                  array + i * part->stride + part->member);
        if (!at || has_come(look, at))
            continue;
        pending++;
        look_on(look, at, depth + 1);
    }
    if (!pending)
        look_say(look, depth + 1, "all of them are done");
}

/* Its own name is used if it has one: "read, TLS". */
static void look_by(struct look *look, place at, const char *name,
                    unsigned depth, struct found *found)
{
    struct wait_shape shape;
    char its[SHOWN_NAME], both[SHOWN_TEXT];
    if (!at || depth >= LOOK_DEPTH_MAX ||
        !look_shape(look->target, target_pointer(look->target, at), &shape))
        return;
    target_text(look->target, (uintptr_t)shape.name, its, sizeof its);
    snprintf(both, sizeof both, "%s%s%s", name, *its ? ", " : "", its);
    look_parts_as(look, at, &shape, both, depth, found);
    if (*its && !found->any && !found->could) {
        look_say_wait(look, depth, "%s", both);
        found->any = true;
    }
}

/* ---- all of it ---- */

static void look_part(struct look *look, place whole, const char *name,
                      const struct wait_part *part, unsigned depth,
                      struct found *found)
{
    char text[SHOWN_TEXT];
    place at = whole + part->offset;
    switch (part->kind) {
    case WAIT_TIMER:
        found->could = true;
        found->any |= look_timer(look, at, name, depth);
        break;
    case WAIT_WATCH:
        found->could = true;
        found->any |= look_watch(look, at, name, depth);
        break;
    case WAIT_WATCH_AT:
        found->could = true;
        found->any |=
            look_watch(look, target_pointer(look->target, at), name, depth);
        break;
    case WAIT_TEXT:
        look_text(look, target_pointer(look->target, at), name, depth);
        found->any = true;
        break;
    case WAIT_TEXTS:
        look_texts(look, whole, part, name, depth);
        found->any = true;
        break;
    case WAIT_FUNCTION:
        look_say_wait(look, depth, "%s: %s", name,
                      look_function(look->target,
                                    target_pointer(look->target, at), 0, text));
        found->any = true;
        break;
    case WAIT_GENERATOR:
        look_say_wait(look, depth, "%s", name);
        found->inner =
            look_generator(look, target_pointer(look->target, at), depth + 1);
        found->any = true;
        break;
    case WAIT_ON:
        at = target_pointer(look->target, at);
        if (!at)
            break;
        if (!found->any)
            look_say_on(look, depth, name);
        look_on(look, at, found->inner);
        found->any = true;
        break;
    case WAIT_BY:
        look_by(look, target_pointer(look->target, at), name, depth, found);
        break;
    case WAIT_SEVERAL:
    case WAIT_SEVERAL_IN:
        look_several(look, whole, part, name, depth);
        found->any = true;
        break;
    case WAIT_UNLESS: /* see has_come */
    case WAIT_NOTHING:
    case WAIT_FIRES: /* for handles only: see then.c */
    case WAIT_COMES:
    case WAIT_ENDS:
    case WAIT_CALLS:
    case WAIT_RUNNER:
    case WAIT_TELLS:
        break;
    }
}

static void look_parts_as(struct look *look, place at,
                          const struct wait_shape *shape, const char *name,
                          unsigned depth, struct found *found)
{
    for (int i = 0; i < WAIT_PARTS_MAX; i++)
        look_part(look, at - shape->member, name, &shape->parts[i], depth,
                  found);
}

bool look_parts(struct look *look, place at, const struct wait_shape *shape,
                unsigned depth)
{
    char name[SHOWN_NAME];
    struct found found = {false, false, depth + 1};
    target_text(look->target, (uintptr_t)shape->name, name, sizeof name);
    look_parts_as(look, at, shape, name, depth, &found);
    if (!found.any)
        look_say_wait(look, depth, "%s", name);
    return found.any || !found.could;
}
