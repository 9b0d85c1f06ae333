/* SPDX-License-Identifier: MIT */
/* E17 (callbacks): The control flow of one page
 *
 * "Control flow diagram: I was going to draw one but then I got sleepy", says
 * the slide. Here it is drawn, from a run that is recorded: what the loop calls
 * for one of four pages, and what is waiting meanwhile.
 *
 * Python: a line for each of these steps in the log of PYTHONASYNCIODEBUG=1.
 */
#include "callbacks/callbacks.h"
#include "harness/timeline/flow.h"
#include "talks/recorded.h"

const char *const talk_sites[] = {"/delay/20ms?i=1", "/delay/20ms?i=2",
                                  "/delay/20ms?i=3", "/delay/20ms?i=4", NULL};

int talk_run(struct talk *talk)
{
    struct drawn_run run;
    struct flow flow;
    int error = talk_record(&run, talk, &callbacks_model);
    if (!error && flow_make_any(&flow, &run, TALK_PAGES_MAX))
        flow_print_text(&flow, stdout);
    talk_record_deinit(&run);
    return error;
}
