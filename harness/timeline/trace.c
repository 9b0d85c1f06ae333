/* SPDX-License-Identifier: MIT */
/* https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU:
 * an array of events. A segment is a pair "B" and "E", an arrow a pair "s" and
 * "f" with a number; times are in microseconds. */
#include "harness/json_write.h"
#include "harness/timeline/drawn.h"

static void begin_event(struct json_writer *json, const char *phase,
                        const char *name, size_t run, size_t row)
{
    json_write_object(json, NULL);
    json_write_text(json, "ph", phase);
    json_write_text(json, "name", name);
    json_write_count(json, "pid", run + 1);
    json_write_count(json, "tid", row + 1);
}

static void write_name(struct json_writer *json, const char *kind,
                       const char *name, size_t run, size_t row)
{
    begin_event(json, "M", kind, run, row);
    json_write_object(json, "args");
    json_write_text(json, "name", name);
    json_write_end(json);
    json_write_end(json);
}

/* Perfetto sorts rows by this, not by their numbers. */
static void write_place(struct json_writer *json, size_t run, size_t row)
{
    begin_event(json, "M", "thread_sort_index", run, row);
    json_write_object(json, "args");
    json_write_count(json, "sort_index", row);
    json_write_end(json);
    json_write_end(json);
}

static void write_segment(struct json_writer *json, const struct drawn_run *run,
                          size_t number, size_t row,
                          const struct segment *segment)
{
    const struct recording_name *callback =
        recording_name_of(&run->recording, segment->callback);
    const char *name = activity_name(segment->activity);
    if (segment->activity == ACTIVITY_CALLBACK && callback)
        name = callback->text;
    begin_event(json, "B", name, number, row);
    json_write_text(json, "cat", activity_name(segment->activity));
    json_write_real(json, "ts", nanos_as_microseconds(segment->from));
    json_write_object(json, "args");
    if (segment->page != NO_PAGE)
        json_write_count(json, "page", (uint64_t)segment->page);
    json_write_end(json);
    json_write_end(json);
    begin_event(json, "E", name, number, row);
    json_write_real(json, "ts", nanos_as_microseconds(segment->to));
    json_write_end(json);
}

static void write_arrow_end(struct json_writer *json, const char *phase,
                            size_t run, const struct arrow *arrow, size_t id)
{
    bool begins = *phase == 's';
    begin_event(json, phase,
                arrow->page == NO_PAGE ? "wakes" : "page handed over", run,
                begins ? arrow->from_row : arrow->to_row);
    json_write_text(json, "cat", "arrow");
    json_write_count(json, "id", id);
    if (!begins)
        json_write_text(json, "bp", "e");
    json_write_real(json, "ts",
                    nanos_as_microseconds(begins ? arrow->from : arrow->to));
    json_write_end(json);
}

static void write_run(struct json_writer *json, const struct drawn_run *run,
                      size_t number)
{
    const struct timeline *timeline = &run->timeline;
    write_name(json, "process_name", run->name, number, 0);
    for (size_t i = 0; i < timeline->row_count; i++) {
        const struct row *row = &timeline->rows[i];
        char label[ROW_LABEL_MAX];
        drawn_row_label(timeline, i, label);
        write_name(json, "thread_name", label, number, i);
        write_place(json, number, i);
        for (size_t j = 0; j < row->count; j++)
            if (row->segments[j].activity != ACTIVITY_IDLE)
                write_segment(json, run, number, i, &row->segments[j]);
    }
    for (size_t i = 0; i < timeline->arrow_count; i++) {
        size_t id = number * timeline->arrow_count + i + 1;
        write_arrow_end(json, "s", number, &timeline->arrows[i], id);
        write_arrow_end(json, "f", number, &timeline->arrows[i], id);
    }
}

void drawn_print_trace(const struct drawn *drawn, FILE *out)
{
    struct json_writer json = {.out = out, .lines = 2};
    json_write_object(&json, NULL);
    json_write_text(&json, "displayTimeUnit", "ms");
    json_write_array(&json, "traceEvents");
    for (size_t i = 0; i < drawn->count; i++)
        write_run(&json, &drawn->runs[i], i);
    json_write_end(&json);
    json_write_end(&json);
    fputc('\n', out);
}
