/* SPDX-License-Identifier: MIT */
#include "harness/timeline/drawn.h"

#include <stdio.h>
#include <string.h>

nanos drawn_span(const struct drawn *drawn)
{
    nanos span = 1;
    for (size_t i = 0; i < drawn->count; i++)
        if (drawn->runs[i].timeline.span > span)
            span = drawn->runs[i].timeline.span;
    return span;
}

void drawn_row_label(const struct timeline *timeline, size_t row,
                     char text[ROW_LABEL_MAX])
{
    const struct row *one = &timeline->rows[row];
    size_t worker = 1;
    for (size_t i = 0; i < row; i++)
        worker += !timeline->rows[i].is_thread;
    if (!one->is_thread)
        snprintf(text, ROW_LABEL_MAX, "worker %zu", worker);
    else if (one->has_events)
        snprintf(text, ROW_LABEL_MAX, "the loop's thread");
    else if (one->is_first)
        snprintf(text, ROW_LABEL_MAX, "the main thread");
    else
        snprintf(text, ROW_LABEL_MAX, "thread %d", one->thread);
}

static void what_of(const struct drawn_run *run, const struct segment *segment,
                    char text[SEGMENT_TEXT_MAX])
{
    const struct recording_name *name =
        recording_name_of(&run->recording, segment->callback);
    if (segment->activity != ACTIVITY_CALLBACK)
        snprintf(text, SEGMENT_TEXT_MAX, "%s",
                 activity_name(segment->activity));
    else if (name)
        snprintf(text, SEGMENT_TEXT_MAX, "callback %s (%s)", name->text,
                 name->meaning);
    else
        snprintf(text, SEGMENT_TEXT_MAX, "a callback");
}

void drawn_segment_text(const struct drawn_run *run,
                        const struct segment *segment,
                        char text[SEGMENT_TEXT_MAX])
{
    char what[SEGMENT_TEXT_MAX], page[32] = "";
    what_of(run, segment, what);
    if (segment->page != NO_PAGE)
        snprintf(page, sizeof page, "page %ld: ", segment->page);
    snprintf(text, SEGMENT_TEXT_MAX, "%s%.110s, %.3f ms (%.3f to %.3f ms)",
             page, what, nanos_as_milliseconds(segment->to - segment->from),
             nanos_as_milliseconds(segment->from),
             nanos_as_milliseconds(segment->to));
}

/* ---- for a terminal ---- */

/* A letter for each piece of time: what took most of it. Short activities are
 * not visible. */
static const char letters[] = {
    [ACTIVITY_IDLE] = '.',      [ACTIVITY_STARTING] = 'o',
    [ACTIVITY_RESOLVING] = 'n', [ACTIVITY_CONNECTING] = 'c',
    [ACTIVITY_SECURING] = 't',  [ACTIVITY_SENDING] = 's',
    [ACTIVITY_WAITING] = '-',   [ACTIVITY_READING] = 'r',
    [ACTIVITY_CALLBACK] = '#',  [ACTIVITY_RUNNING] = '=',
    [ACTIVITY_LOST] = '?',
};

static char letter_at(const struct row *row, nanos from, nanos to)
{
    nanos most = 0, of[ACTIVITY_COUNT] = {0};
    char letter = ' ';
    for (size_t i = 0; i < row->count; i++) {
        const struct segment *segment = &row->segments[i];
        nanos begin = segment->from > from ? segment->from : from;
        nanos end = nanos_earlier(segment->to, to);
        if (end <= begin)
            continue;
        nanos *sum = &of[segment->activity];
        *sum += end - begin;
        if (*sum > most) {
            most = *sum;
            letter = letters[segment->activity];
        }
    }
    return letter;
}

static void print_rows(const struct drawn_run *run, nanos span, size_t width,
                       FILE *out)
{
    const struct timeline *timeline = &run->timeline;
    for (size_t i = 0; i < timeline->row_count; i++) {
        char label[ROW_LABEL_MAX];
        drawn_row_label(timeline, i, label);
        fprintf(out, "%-17s ", label);
        for (size_t column = 0; column < width; column++) {
            nanos from = span * (nanos)column / (nanos)width;
            nanos to = span * (nanos)(column + 1) / (nanos)width;
            fputc(letter_at(&timeline->rows[i], from, to), out);
        }
        fputc('\n', out);
    }
}

static void print_summary(const struct drawn_run *run, FILE *out)
{
    const struct timeline *timeline = &run->timeline;
    fprintf(out, "%s: %.1f ms, pages: %zu, workers: %zu", run->name,
            nanos_as_milliseconds(timeline->span), run->record.finished,
            timeline_workers(timeline));
    if (run->record.errors)
        fprintf(out, "; %zu failed: %s", run->record.errors, run->record.error);
    else if (run->record.error[0])
        fprintf(out, "; %s", run->record.error);
    fputc('\n', out);
    if (timeline->lost)
        fprintf(out, "%llu events were lost\n",
                (unsigned long long)timeline->lost);
}

/* What each letter means: a letter and its words stay in one line. */
static void print_letters(size_t width, FILE *out)
{
    size_t column = 0;
    for (int i = 0; i < ACTIVITY_COUNT; i++) {
        const char *name = activity_name((enum activity)i);
        size_t size = strlen("x ") + strlen(name);
        bool fits = column + strlen("  ") + size <= width;
        const char *between = fits ? "  " : "\n";
        fprintf(out, "%s%c %s", column ? between : "", letters[i], name);
        column = size + (column && fits ? column + strlen("  ") : 0);
    }
    fputc('\n', out);
}

enum { LABEL_WIDTH = 18, ROWS_IN_TEXT = 24 };

void drawn_print_text(const struct drawn *drawn, size_t width, FILE *out)
{
    for (size_t i = 0; i < drawn->count; i++) {
        const struct drawn_run *run = &drawn->runs[i];
        print_summary(run, out);
        if (width > LABEL_WIDTH && run->timeline.row_count <= ROWS_IN_TEXT)
            print_rows(run, drawn_span(drawn), width - LABEL_WIDTH, out);
    }
    if (width > LABEL_WIDTH)
        print_letters(width, out);
}
