/* SPDX-License-Identifier: MIT */
#include "harness/ps/look.h"

#include "callbacks/timers.h"

#include <stdlib.h>

/* A limit, because a list that changes while it is read may seem endless. */
enum { HANDLES_MAX = 100000 };

bool look_add_handle(struct snapshot *snapshot, struct target *target,
                     struct shown_handle handle, place run)
{
    struct shown_handle *added =
        snapshot_append(&snapshot->handles, &snapshot->handle_count,
                        &snapshot->handle_capacity, sizeof *added);
    if (!added) {
        snapshot->cut = true;
        return false;
    }
    *added = handle;
    look_handle_name(target, run, added->text);
    return true;
}

/* ---- what is ready ---- */

/* Handles in the order in which they are called: those of this turn first. */
static void look_queue(struct snapshot *snapshot, struct target *target,
                       place queue)
{
    struct handle handle;
    place at = target_pointer(target, queue + offsetof(struct handle, next));
    for (int i = 0; at != queue && i < HANDLES_MAX; i++) {
        if (!target_read(target, at, &handle, sizeof handle) ||
            handle.state != HANDLE_READY) {
            target->unstable = true;
            return;
        }
        struct shown_handle shown = {.kind = SHOWN_READY,
                                     .at = at,
                                     .order = (nanos)snapshot->handle_count};
        if (!look_add_handle(snapshot, target, shown, (uintptr_t)handle.run))
            return;
        at = (uintptr_t)handle.next;
    }
}

/* ---- timers: a heap of handles ---- */

struct to_visit {
    place *list;
    size_t count, capacity;
};

/* False when there is no memory. */
static bool push(struct to_visit *to_visit, place at)
{
    place *added = at ? snapshot_append(&to_visit->list, &to_visit->count,
                                        &to_visit->capacity, sizeof *added)
                      : NULL;
    if (added)
        *added = at;
    return added || !at;
}

static void look_timers(struct snapshot *snapshot, struct target *target,
                        place timers)
{
    struct timers heaps;
    struct to_visit to_visit = {NULL, 0, 0};
    target_read(target, timers, &heaps, sizeof heaps);
    bool whole = push(&to_visit, (uintptr_t)heaps.recent) &&
                 push(&to_visit, (uintptr_t)heaps.sorted);
    for (int i = 0; to_visit.count && i < HANDLES_MAX; i++) {
        struct handle handle;
        place at = to_visit.list[--to_visit.count];
        if (!target_read(target, at, &handle, sizeof handle) ||
            handle.state != HANDLE_TIMED) {
            target->unstable = true;
            continue;
        }
        whole &= push(&to_visit, (uintptr_t)handle.child);
        whole &= push(&to_visit, (uintptr_t)handle.next);
        struct shown_handle shown = {
            .kind = SHOWN_TIMED, .at = at, .order = handle.when};
        look_add_handle(snapshot, target, shown, (uintptr_t)handle.run);
    }
    snapshot->cut |= !whole;
    free(to_visit.list);
}

void look_loop(struct snapshot *snapshot, struct target *target, place loop,
               struct shown_thread *thread)
{
    struct loop_layout layout;
    place at = target_variable(target, "loop_layout");
    if (!at || !target_read(target, at, &layout, sizeof layout))
        return;
    thread->has_loop = true;
    thread->real_time = target_is(
        target, target_pointer(target, loop + layout.clock), "monotonic_clock");
    if (target_flag(target, loop + layout.running))
        target_read(target, loop + layout.now, &thread->turn,
                    sizeof thread->turn);
    look_queue(snapshot, target, loop + layout.turn);
    look_queue(snapshot, target, loop + layout.ready);
    look_timers(snapshot, target, loop + layout.timers);
    look_selector(snapshot, target,
                  target_pointer(target, loop + layout.selector));
}
