/* SPDX-License-Identifier: MIT */
/* One or two runs that are drawn together, and the formats in which they are
 * drawn. */
#ifndef HARNESS_TIMELINE_DRAWN_H
#define HARNESS_TIMELINE_DRAWN_H

#include "harness/race/record.h"
#include "harness/timeline/recording.h"
#include "harness/timeline/timeline.h"
#include "http/model.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { DRAWN_MOST = 2, ROW_LABEL_MAX = 48, SEGMENT_TEXT_MAX = 200 };

struct drawn_run {
    const char *name; /* as it was asked for; "mine" */
    const struct model *model;
    struct recording recording;
    struct timeline timeline;
    struct record record; /* its figures */
};

struct drawn {
    struct drawn_run runs[DRAWN_MOST];
    size_t count;
    size_t concurrency, requests;
    bool keep_alive;
    const char *setting; /* in words */
};

/* The duration of the longest run, for one axis for all. */
nanos drawn_span(const struct drawn *drawn);

/* "the loop", "worker 3". */
void drawn_row_label(const struct timeline *timeline, size_t row,
                     char text[ROW_LABEL_MAX]);

/* "page 3: waiting, 20.1 ms (from 1.3 to 21.4 ms)". */
void drawn_segment_text(const struct drawn_run *run,
                        const struct segment *segment,
                        char text[SEGMENT_TEXT_MAX]);

/* Writes a page that needs no other files. */
void drawn_print_page(const struct drawn *drawn, FILE *out);

/* Writes the format of Chrome's trace viewer, which https://ui.perfetto.dev
 * opens: a process for each run, a thread for each row. */
void drawn_print_trace(const struct drawn *drawn, FILE *out);

/* Prints for a terminal: the figures, and each row in `width` letters. */
void drawn_print_text(const struct drawn *drawn, size_t width, FILE *out);

#ifdef __cplusplus
}
#endif

#endif
