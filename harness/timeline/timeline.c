/* SPDX-License-Identifier: MIT */
#include "harness/timeline/timeline.h"

#include "harness/timeline/events.h"

#include <errno.h>
#include <stdlib.h>

static const char *const names[] = {
    [ACTIVITY_IDLE] = "idle",
    [ACTIVITY_STARTING] = "waiting to start",
    [ACTIVITY_RESOLVING] = "resolving",
    [ACTIVITY_CONNECTING] = "connecting",
    [ACTIVITY_SECURING] = "securing",
    [ACTIVITY_SENDING] = "sending",
    [ACTIVITY_WAITING] = "waiting",
    [ACTIVITY_READING] = "reading",
    [ACTIVITY_CALLBACK] = "running a callback",
    [ACTIVITY_RUNNING] = "running",
    [ACTIVITY_LOST] = "not recorded",
};

const char *activity_name(enum activity activity)
{
    return names[activity];
}

/* ---- rows ---- */

static struct row *add_row(struct timeline *timeline)
{
    struct row *rows = realloc(timeline->rows, (timeline->row_count + 1) *
                                                   sizeof *timeline->rows);
    if (!rows) {
        timeline->lacks = true;
        return NULL;
    }
    timeline->rows = rows;
    struct row *row = &rows[timeline->row_count++];
    *row = (struct row){0};
    return row;
}

static nanos row_end(const struct row *row)
{
    return row->count ? row->segments[row->count - 1].to : 0;
}

/* Adds a segment from the end of the row until `to`. A segment without duration
 * is left out. */
static void extend(struct timeline *timeline, struct row *row, nanos to,
                   struct segment like)
{
    like.from = row_end(row);
    like.to = nanos_earlier(to, timeline->span);
    if (like.to <= like.from)
        return;
    if (row->count == row->room) {
        size_t room = row->room ? 2 * row->room : 16;
        struct segment *more =
            realloc(row->segments, room * sizeof *row->segments);
        if (!more) {
            timeline->lacks = true;
            return;
        }
        row->segments = more;
        row->room = room;
    }
    row->segments[row->count++] = like;
}

static void extend_by(struct timeline *timeline, struct row *row, nanos to,
                      enum activity activity, long page)
{
    extend(timeline, row, to,
           (struct segment){.activity = activity, .page = page});
}

/* ---- threads ---- */

enum { DEPTH_MOST = 16 };

/* What a thread does between two events. */
struct doing {
    bool sleeps;
    int depth; /* callbacks call callbacks */
    struct {
        uint64_t function;
        long page;
    } runs[DEPTH_MOST];
};

static struct segment segment_of(const struct doing *doing)
{
    struct segment segment = {.activity = ACTIVITY_RUNNING, .page = NO_PAGE};
    int top = doing->depth <= DEPTH_MOST ? doing->depth : DEPTH_MOST;
    if (doing->sleeps) {
        segment.activity = ACTIVITY_WAITING;
    } else if (top) {
        segment.activity = ACTIVITY_CALLBACK;
        segment.callback = doing->runs[top - 1].function;
        segment.page = doing->runs[top - 1].page;
    }
    return segment;
}

static void begin_run(struct doing *doing, uint64_t function)
{
    if (doing->depth++ >= DEPTH_MOST)
        return;
    doing->runs[doing->depth - 1].function = function;
    doing->runs[doing->depth - 1].page = NO_PAGE;
}

/* The page of a callback is the first one that it advances. */
static void note_page(struct doing *doing, long page)
{
    if (doing->depth > 0 && doing->depth <= DEPTH_MOST &&
        doing->runs[doing->depth - 1].page == NO_PAGE)
        doing->runs[doing->depth - 1].page = page;
}

static void take_in(struct timeline *timeline, struct row *row,
                    struct doing *doing, const struct event *event)
{
    switch (event->kind) {
    case PROBE_RUN_BEGINS:
        extend(timeline, row, event->when, segment_of(doing));
        begin_run(doing, event->what);
        break;
    case PROBE_RUN_ENDS:
        extend(timeline, row, event->when, segment_of(doing));
        doing->depth -= doing->depth > 0;
        break;
    case PROBE_WAIT_BEGINS:
    case PROBE_WAIT_ENDS:
        extend(timeline, row, event->when, segment_of(doing));
        doing->sleeps = event->kind == PROBE_WAIT_BEGINS;
        break;
    case PROBE_MARK:
        note_page(doing, event->page);
        break;
    default:
        break;
    }
}

static void draw_thread(struct timeline *timeline, const struct events *events,
                        struct event_thread *thread)
{
    struct doing doing = {0};
    struct row *row = add_row(timeline);
    if (!row)
        return;
    thread->row = timeline->row_count - 1;
    thread->has_row = true;
    row->is_thread = true;
    row->is_first = thread->hands_out;
    row->has_events = thread->waits_for_events;
    row->pid = thread->pid;
    row->thread = thread->thread;
    row->lost = thread->lost;
    extend_by(timeline, row, thread->from,
              thread->lost ? ACTIVITY_LOST : ACTIVITY_IDLE, NO_PAGE);
    for (size_t i = 0; i < thread->count; i++)
        take_in(timeline, row, &doing, &events->list[thread->first + i]);
    if (thread->hands_out || doing.sleeps || doing.depth)
        extend(timeline, row, timeline->span, segment_of(&doing));
    extend_by(timeline, row, timeline->span, ACTIVITY_IDLE, NO_PAGE);
}

/* A thread that is a single worker is drawn as a worker. */
static bool is_drawn(const struct event_thread *thread)
{
    return thread->runs_callbacks || thread->waits_for_events ||
           (thread->sleeps && !thread->marks);
}

/* ---- workers ---- */

/* The activity that begins with a mark and goes on until the next. */
static enum activity activity_after(const struct event *mark,
                                    const struct event *next)
{
    switch (mark->value) {
    case MARK_START:
        return ACTIVITY_RESOLVING;
    case MARK_RESOLVED:
    case RECORDED_START_RESOLVED:
        return ACTIVITY_CONNECTING;
    case MARK_CONNECTED:
        return next && next->value == MARK_SECURED ? ACTIVITY_SECURING
                                                   : ACTIVITY_SENDING;
    case MARK_SECURED:
        return ACTIVITY_SENDING;
    case MARK_SENT:
        return ACTIVITY_WAITING;
    case MARK_FIRST_BYTE:
        return ACTIVITY_READING;
    default:
        return ACTIVITY_IDLE;
    }
}

/* Before a page: the worker is free, then it has been given this one. */
static void draw_before(struct timeline *timeline, const struct events *events,
                        struct row *row, const struct event *mark)
{
    const struct event_page *page = events_page(events, mark->page);
    nanos given = page && page->handed_out ? page->given : mark->when;
    const struct event_thread *thread = &events->threads[mark->thread];
    if (!row->count && thread->lost)
        extend_by(timeline, row, thread->from, ACTIVITY_LOST, NO_PAGE);
    if (!event_is_start(mark)) {
        extend_by(timeline, row, mark->when, ACTIVITY_LOST, NO_PAGE);
        return;
    }
    extend_by(timeline, row, given, ACTIVITY_IDLE, NO_PAGE);
    extend_by(timeline, row, mark->when, ACTIVITY_STARTING, mark->page);
}

/* All marks of one call, in their order. */
static void draw_worker(struct timeline *timeline, const struct events *events,
                        struct row *row, size_t first, size_t count)
{
    enum activity now = ACTIVITY_IDLE;
    for (size_t i = 0; i < count; i++) {
        const struct event *mark = events->marks[first + i];
        const struct event *next =
            i + 1 < count ? events->marks[first + i + 1] : NULL;
        if (now == ACTIVITY_IDLE)
            draw_before(timeline, events, row, mark);
        else
            extend_by(timeline, row, mark->when, now, mark->page);
        /* An answer may come before all has been sent. */
        if (!(now == ACTIVITY_READING && mark->value == MARK_SENT))
            now = activity_after(mark, next);
        struct event_page *page = events_page(events, mark->page);
        if (page) {
            page->row = (size_t)(row - timeline->rows);
            page->has_row = true;
        }
    }
    /* A worker without an end has died, or its end was lost. */
    if (now != ACTIVITY_IDLE)
        extend_by(timeline, row, timeline->span, ACTIVITY_LOST, NO_PAGE);
}

/* Finds a row whose workers have all ended by then, or makes a new one. */
static struct row *row_for(struct timeline *timeline, size_t first_worker,
                           const struct event_worker *worker)
{
    for (size_t i = first_worker; i < timeline->row_count; i++)
        if (row_end(&timeline->rows[i]) <= worker->from)
            return &timeline->rows[i];
    struct row *row = add_row(timeline);
    if (row) {
        row->pid = worker->pid;
        row->thread = worker->thread;
    }
    return row;
}

static void draw_workers(struct timeline *timeline, const struct events *events)
{
    size_t first_worker = timeline->row_count;
    for (size_t i = 0; i < events->worker_count; i++) {
        const struct event_worker *worker = &events->workers[i];
        struct row *row = row_for(timeline, first_worker, worker);
        if (row)
            draw_worker(timeline, events, row, worker->first, worker->count);
    }
    for (size_t i = first_worker; i < timeline->row_count; i++)
        extend_by(timeline, &timeline->rows[i], timeline->span, ACTIVITY_IDLE,
                  NO_PAGE);
}

/* ---- arrows ---- */

static void add_arrow(struct timeline *timeline, struct arrow arrow)
{
    if (arrow.to < arrow.from || arrow.to > timeline->span)
        return;
    struct arrow *arrows =
        realloc(timeline->arrows,
                (timeline->arrow_count + 1) * sizeof *timeline->arrows);
    if (!arrows) {
        timeline->lacks = true;
        return;
    }
    timeline->arrows = arrows;
    arrows[timeline->arrow_count++] = arrow;
}

/* A page went to another thread, and its result came back from there. */
static void draw_hand_overs(struct timeline *timeline,
                            const struct events *events)
{
    for (size_t i = 0; i < events->page_count; i++) {
        const struct event_page *page = &events->pages[i];
        if (!page->has_row || !page->handed_out || !page->started)
            continue;
        const struct event_thread *caller = &events->threads[page->caller];
        if (page->worker == page->caller || !caller->has_row)
            continue;
        add_arrow(timeline, (struct arrow){.from_row = caller->row,
                                           .to_row = page->row,
                                           .from = page->given,
                                           .to = page->start,
                                           .page = (long)i});
        if (page->ended && page->came_back)
            add_arrow(timeline, (struct arrow){.from_row = page->row,
                                               .to_row = caller->row,
                                               .from = page->end,
                                               .to = page->back,
                                               .page = (long)i});
    }
}

/* Finds what set the wake-up last before it was seen. */
static const struct event *waker_of(const struct events *events,
                                    const struct event *woken)
{
    const struct event *waker = NULL;
    for (size_t i = 0; i < events->count; i++) {
        const struct event *one = &events->list[i];
        if (one->kind == PROBE_WAKES && one->what == woken->what &&
            one->pid == woken->pid && one->thread != woken->thread &&
            one->when <= woken->when && (!waker || one->when > waker->when))
            waker = one;
    }
    return waker;
}

static void draw_wake_ups(struct timeline *timeline,
                          const struct events *events)
{
    for (size_t i = 0; i < events->count; i++) {
        const struct event *woken = &events->list[i];
        if (woken->kind != PROBE_WOKEN)
            continue;
        const struct event *waker = waker_of(events, woken);
        if (!waker || !events->threads[waker->thread].has_row ||
            !events->threads[woken->thread].has_row)
            continue;
        add_arrow(timeline, (struct arrow){
                                .from_row = events->threads[waker->thread].row,
                                .to_row = events->threads[woken->thread].row,
                                .from = waker->when,
                                .to = woken->when,
                                .page = NO_PAGE,
                            });
    }
}

static int by_end(const void *a, const void *b)
{
    const struct arrow *one = a, *other = b;
    return (one->to > other->to) - (one->to < other->to);
}

/* ---- all of it ---- */

int timeline_make(struct timeline *timeline, const struct recording *recording,
                  size_t pages)
{
    struct probe_record *record = recording_probes(recording);
    struct events events;
    *timeline = (struct timeline){0};
    recording_close(recording);
    int error = events_read(&events, record, pages);
    timeline->span = probe_time(record, record->last_tick);
    timeline->lost_without_ring = timeline->lost = record->lost;
    for (size_t i = 0; !error && i < events.thread_count; i++) {
        timeline->lost += events.threads[i].lost;
        if (is_drawn(&events.threads[i]))
            draw_thread(timeline, &events, &events.threads[i]);
    }
    if (!error) {
        draw_workers(timeline, &events);
        draw_hand_overs(timeline, &events);
        draw_wake_ups(timeline, &events);
    }
    if (timeline->arrow_count)
        qsort(timeline->arrows, timeline->arrow_count, sizeof(struct arrow),
              by_end);
    events_deinit(&events);
    return error || timeline->lacks ? -ENOMEM : 0;
}

void timeline_deinit(struct timeline *timeline)
{
    for (size_t i = 0; i < timeline->row_count; i++)
        free(timeline->rows[i].segments);
    free(timeline->rows);
    free(timeline->arrows);
    *timeline = (struct timeline){0};
}

size_t timeline_workers(const struct timeline *timeline)
{
    size_t count = 0;
    for (size_t i = 0; i < timeline->row_count; i++)
        count += !timeline->rows[i].is_thread;
    return count;
}

nanos timeline_sum(const struct timeline *timeline, bool threads,
                   enum activity activity)
{
    nanos sum = 0;
    for (size_t i = 0; i < timeline->row_count; i++) {
        const struct row *row = &timeline->rows[i];
        for (size_t j = 0; row->is_thread == threads && j < row->count; j++)
            if (row->segments[j].activity == activity)
                sum += row->segments[j].to - row->segments[j].from;
    }
    return sum;
}
