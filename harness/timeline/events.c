/* SPDX-License-Identifier: MIT */
#include "harness/timeline/events.h"

#include "harness/timeline/recording.h"

#include <errno.h>
#include <stdlib.h>

struct event_page *events_page(const struct events *events, long number)
{
    if (number < 0 || (size_t)number >= events->page_count)
        return NULL;
    return &events->pages[number];
}

bool event_is_start(const struct event *event)
{
    return event->kind == PROBE_MARK &&
           (event->value == MARK_START ||
            event->value == RECORDED_START_RESOLVED);
}

/* ---- by thread ---- */

static void note_kind(struct event_thread *thread, const struct event *event)
{
    thread->hands_out |= event->kind == PROBE_JOB;
    thread->marks |= event->kind == PROBE_MARK;
    thread->runs_callbacks |= event->kind == PROBE_RUN_BEGINS;
    thread->sleeps |= event->kind == PROBE_WAIT_BEGINS;
    thread->waits_for_events |=
        event->kind == PROBE_WAIT_BEGINS && event->value == PROBE_FOR_EVENTS;
}

static void note_page(struct events *events, const struct event *event)
{
    struct event_page *page = events_page(events, event->page);
    if (!page)
        return;
    if (event->kind == PROBE_JOB) {
        page->handed_out = true;
        page->given = event->when;
        page->caller = event->thread;
    } else if (event->kind == PROBE_RESULT) {
        page->came_back = true;
        page->back = event->when;
    } else if (event->kind == PROBE_MARK && event->value == MARK_DONE) {
        page->ended = true;
        page->end = event->when;
    } else if (event_is_start(event) &&
               !page->started) { /* and it is not another hop */
        page->started = true;
        page->start = event->when;
        page->worker = event->thread;
    }
}

static void read_ring(struct events *events, const struct probe_record *record,
                      const struct probe_ring *ring)
{
    size_t number = events->thread_count++;
    struct event_thread *thread = &events->threads[number];
    *thread = (struct event_thread){.pid = ring->pid,
                                    .thread = ring->thread,
                                    .first = events->count,
                                    .count = probe_ring_kept(record, ring)};
    thread->lost = ring->count - thread->count;
    for (size_t i = 0; i < thread->count; i++) {
        const struct probe_event *from = probe_ring_event(record, ring, i);
        struct event *event = &events->list[events->count++];
        *event = (struct event){
            .when = probe_time(record, from->when),
            .kind = (enum probe_kind)from->kind,
            .value = from->value,
            .what = from->what,
            .page = (long)from->index,
            .thread = number,
            .pid = ring->pid,
        };
        if (i == 0)
            thread->from = event->when;
        events->mark_count += event->kind == PROBE_MARK;
        note_kind(thread, event);
        note_page(events, event);
    }
}

/* ---- by call ---- */

static int compare_times(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

/* The events of one thread are in `list` in their order. */
static int by_call(const void *a, const void *b)
{
    const struct event *one = *(const struct event *const *)a;
    const struct event *other = *(const struct event *const *)b;
    if (one->pid != other->pid)
        return compare_times((uint64_t)one->pid, (uint64_t)other->pid);
    if (one->what != other->what)
        return compare_times(one->what, other->what);
    if (one->when != other->when)
        return compare_times((uint64_t)one->when, (uint64_t)other->when);
    return (one > other) - (one < other);
}

static int by_beginning(const void *a, const void *b)
{
    const struct event_worker *one = a, *other = b;
    if (one->from != other->from)
        return compare_times((uint64_t)one->from, (uint64_t)other->from);
    return compare_times(one->first, other->first);
}

static void find_workers(struct events *events)
{
    struct event_worker *worker = NULL;
    for (size_t i = 0; i < events->mark_count; i++) {
        const struct event *mark = events->marks[i];
        const struct event *before = i ? events->marks[i - 1] : NULL;
        if (!before || before->pid != mark->pid || before->what != mark->what) {
            worker = &events->workers[events->worker_count++];
            *worker = (struct event_worker){
                .pid = mark->pid,
                .thread = events->threads[mark->thread].thread,
                .first = i,
                .from = mark->when,
            };
        }
        worker->count++;
    }
}

static int sort_marks(struct events *events)
{
    size_t count = 0;
    events->marks = calloc(events->mark_count + 1, sizeof *events->marks);
    events->workers = calloc(events->mark_count + 1, sizeof *events->workers);
    if (!events->marks || !events->workers)
        return -ENOMEM;
    for (size_t i = 0; i < events->count; i++)
        if (events->list[i].kind == PROBE_MARK)
            events->marks[count++] = &events->list[i];
    qsort(events->marks, count, sizeof *events->marks, by_call);
    find_workers(events);
    qsort(events->workers, events->worker_count, sizeof *events->workers,
          by_beginning);
    return 0;
}

/* ---- all of it ---- */

int events_read(struct events *events, const struct probe_record *record,
                size_t pages)
{
    uint32_t rings = probe_record_rings(record);
    size_t count = 0;
    *events = (struct events){.page_count = pages};
    for (uint32_t i = 0; i < rings; i++)
        count += probe_ring_kept(record, probe_record_ring(record, i));
    events->list = calloc(count + 1, sizeof *events->list);
    events->threads = calloc(rings + 1, sizeof *events->threads);
    events->pages = calloc(pages + 1, sizeof *events->pages);
    if (!events->list || !events->threads || !events->pages)
        return -ENOMEM;
    for (uint32_t i = 0; i < rings; i++)
        read_ring(events, record, probe_record_ring(record, i));
    return sort_marks(events);
}

void events_deinit(struct events *events)
{
    free(events->list);
    free(events->threads);
    free(events->marks);
    free(events->workers);
    free(events->pages);
    *events = (struct events){0};
}
