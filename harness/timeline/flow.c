/* SPDX-License-Identifier: MIT */
#include "harness/timeline/flow.h"

#include <stdio.h>

static const char *const texts[ACTIVITY_COUNT] = {
    [ACTIVITY_RESOLVING] = "begins: looks the name up",
    [ACTIVITY_CONNECTING] = "begins to connect",
    [ACTIVITY_SECURING] = "is connected: agrees on a secret",
    [ACTIVITY_SENDING] = "is connected: sends the request",
    [ACTIVITY_WAITING] = "has sent it all: waits for the answer",
    [ACTIVITY_READING] = "reads the answer",
};

const char *flow_state_text(enum activity activity)
{
    return texts[activity] ? texts[activity] : activity_name(activity);
}

/* ---- the states of the page and of the loop ---- */

static const struct row *loop_of(const struct timeline *timeline)
{
    for (size_t i = 0; i < timeline->row_count; i++)
        if (timeline->rows[i].has_events)
            return &timeline->rows[i];
    return NULL;
}

/* A page has begun when it is no longer waiting to start. */
static bool is_of_page(const struct segment *segment, long page)
{
    return segment->page == page && segment->activity != ACTIVITY_STARTING;
}

static const struct row *row_of_page(const struct timeline *timeline, long page)
{
    for (size_t i = 0; i < timeline->row_count; i++) {
        const struct row *row = &timeline->rows[i];
        for (size_t j = 0; !row->is_thread && j < row->count; j++)
            if (is_of_page(&row->segments[j], page))
                return row;
    }
    return NULL;
}

/* What the row does at that moment: what begins then, not what ends. */
static const struct segment *segment_at(const struct row *row, nanos when)
{
    for (size_t i = 0; i < row->count; i++)
        if (row->segments[i].from <= when && when < row->segments[i].to)
            return &row->segments[i];
    return NULL;
}

/* ---- between two steps ---- */

static void note_others(struct flow *flow, struct flow_step *step, nanos when)
{
    const struct timeline *timeline = &flow->run->timeline;
    step->other_count = 0;
    for (size_t i = 0; i < timeline->row_count; i++) {
        const struct row *row = &timeline->rows[i];
        const struct segment *segment =
            row->is_thread ? NULL : segment_at(row, when);
        if (segment && segment->page != NO_PAGE &&
            segment->page != flow->page && step->other_count < FLOW_OTHERS_MOST)
            step->others[step->other_count++] =
                (struct flow_other){segment->page, segment->activity};
    }
}

static void note_gap(struct flow *flow, struct flow_step *step,
                     const struct segment *next)
{
    nanos longest = 0;
    for (const struct segment *one = step->call + 1; one < next; one++) {
        nanos lasts = one->to - one->from;
        if (one->activity == ACTIVITY_WAITING) {
            step->sleeps++;
            step->slept += lasts;
            if (lasts > longest)
                note_others(flow, step, one->from + lasts / 2);
            longest = lasts > longest ? lasts : longest;
        } else if (one->activity == ACTIVITY_CALLBACK) {
            step->callbacks++;
            step->ran += lasts;
        }
    }
}

/* ---- the steps ---- */

/* A moment of the page belongs to the step before, or begins another one. */
static struct flow_step *step_at(struct flow *flow, const struct row *loop,
                                 nanos when)
{
    const struct segment *call = segment_at(loop, when);
    struct flow_step *last = flow->count ? &flow->steps[flow->count - 1] : NULL;
    if (!call || (last && last->call == call))
        return last;
    if (flow->count == FLOW_STEPS_MOST)
        return NULL;
    if (last)
        note_gap(flow, last, call);
    struct flow_step *step = &flow->steps[flow->count++];
    *step = (struct flow_step){.call = call};
    return step;
}

bool flow_make(struct flow *flow, const struct drawn_run *run, long page)
{
    const struct row *loop = loop_of(&run->timeline);
    const struct row *row = row_of_page(&run->timeline, page);
    struct flow_step *step = NULL;
    *flow = (struct flow){.run = run, .page = page};
    if (!loop || !row)
        return false;
    for (size_t i = 0; i < row->count; i++) {
        const struct segment *segment = &row->segments[i];
        if (!is_of_page(segment, page))
            continue;
        if (!flow->count)
            flow->from = segment->from;
        flow->to = segment->to;
        step = step_at(flow, loop, segment->from);
        if (!step || step->state_count == FLOW_STATES_MOST)
            return false;
        step->states[step->state_count++] = segment->activity;
    }
    step = step_at(flow, loop, flow->to);
    if (step)
        step->ends = true;
    return step != NULL;
}

bool flow_make_any(struct flow *flow, const struct drawn_run *run,
                   size_t requests)
{
    for (size_t i = requests / 2; i < requests; i++)
        if (flow_make(flow, run, (long)i))
            return true;
    return false;
}

const char *flow_call_name(const struct flow *flow,
                           const struct flow_step *step, char *text)
{
    const struct recording_name *name =
        recording_name_of(&flow->run->recording, step->call->callback);
    if (step->call->activity != ACTIVITY_CALLBACK)
        return "the thread, in no callback";
    if (!name)
        return "a callback";
    snprintf(text, ROW_LABEL_MAX, "%.32s()", name->text);
    return text;
}

/* ---- as lines ---- */

static void print_gap(const struct flow_step *step, FILE *out)
{
    fprintf(out,
            "             | the loop sleeps: %zu (%.3f ms); calls other "
            "callbacks: %zu (%.3f ms)\n",
            step->sleeps, nanos_as_milliseconds(step->slept), step->callbacks,
            nanos_as_milliseconds(step->ran));
    if (!step->other_count)
        return;
    fputs("             | meanwhile:", out);
    for (size_t i = 0; i < step->other_count; i++)
        fprintf(out, "%s page %ld %s", i ? "," : "", step->others[i].page,
                activity_name(step->others[i].activity));
    fputc('\n', out);
}

void flow_print_text(const struct flow *flow, FILE *out)
{
    fprintf(out, "page %ld of %s, %.3f ms\n", flow->page, flow->run->name,
            nanos_as_milliseconds(flow->to - flow->from));
    for (size_t i = 0; i < flow->count; i++) {
        const struct flow_step *step = &flow->steps[i];
        const struct segment *call = step->call;
        char name[ROW_LABEL_MAX];
        fprintf(out, "%9.3f ms %s runs for %.3f ms\n",
                nanos_as_milliseconds(call->from),
                flow_call_name(flow, step, name),
                nanos_as_milliseconds(call->to - call->from));
        for (size_t j = 0; j < step->state_count; j++)
            fprintf(out, "             - page %ld %s\n", flow->page,
                    flow_state_text(step->states[j]));
        if (step->ends)
            fprintf(out, "             - page %ld is done\n", flow->page);
        else
            print_gap(step, out);
    }
}
