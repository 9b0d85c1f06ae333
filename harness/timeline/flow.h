/* SPDX-License-Identifier: MIT */
/* The control-flow diagram that the talk never drew (row E17): one page on its
 * way through the loop, with the callbacks that it takes and what waits
 * meanwhile. It is made from the recording of a run. */
#ifndef HARNESS_TIMELINE_FLOW_H
#define HARNESS_TIMELINE_FLOW_H

#include "harness/timeline/drawn.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { FLOW_STEPS_MOST = 16, FLOW_STATES_MOST = 8, FLOW_OTHERS_MOST = 64 };

/* What another page is doing. */
struct flow_other {
    long page;
    enum activity activity;
};

/* The loop calls something that advances the page. */
struct flow_step {
    const struct segment *call; /* a callback; or the thread runs otherwise */
    enum activity states[FLOW_STATES_MOST]; /* in which the page is then */
    size_t state_count;
    bool ends; /* the page is done */

    /* Then, until the next step: */
    size_t sleeps;
    nanos slept;
    size_t callbacks; /* for other pages */
    nanos ran;
    struct flow_other others[FLOW_OTHERS_MOST]; /* during the longest sleep */
    size_t other_count;
};

struct flow {
    const struct drawn_run *run;
    long page;
    nanos from, to; /* of the page */
    struct flow_step steps[FLOW_STEPS_MOST];
    size_t count;
};

/* Makes the diagram of that page. False when there is none: the model has no
 * loop, or the page was not recorded from beginning to end. */
bool flow_make(struct flow *flow, const struct drawn_run *run, long page);

/* The page in the middle of the run, or the next one that can be drawn. */
bool flow_make_any(struct flow *flow, const struct drawn_run *run,
                   size_t requests);

/* As lines, and as an SVG element of a page (page_parts.h). */
void flow_print_text(const struct flow *flow, FILE *out);
void flow_print_svg(const struct flow *flow, FILE *out);

/* The name of a callback; `text` has room for ROW_LABEL_MAX. */
const char *flow_call_name(const struct flow *flow,
                           const struct flow_step *step, char *text);

/* What begins for the page with this state, in words. */
const char *flow_state_text(enum activity activity);

#ifdef __cplusplus
}
#endif

#endif
