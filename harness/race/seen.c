/* SPDX-License-Identifier: MIT */
#include "harness/race/seen.h"

#include "harness/json.h"
#include "harness/race/record.h"

#include <errno.h>

/* If the origin is busy for more of a run than this, it was the limit, and not
 * the client. */
static const double origin_limit = 0.8;

void seen_init(struct seen *seen)
{
    *seen = (struct seen){.most_in_flight = NOT_KNOWN,
                          .accepted = NOT_KNOWN,
                          .served = NOT_KNOWN,
                          .cpu_s = NOT_KNOWN};
}

/* NOT_KNOWN when nothing that is counted or timed comes to so much. */
static double number(const cJSON *json, const char *name)
{
    const double most = 1e15;
    double number = json_number(json, name, NOT_KNOWN);
    return number >= 0 && number < most ? number : NOT_KNOWN;
}

static void add(double *sum, const cJSON *json, const char *name)
{
    double more = number(json, name);
    if (more >= 0)
        *sum = *sum < 0 ? more : *sum + more;
}

int seen_add(struct seen *seen, struct slice text)
{
    cJSON *json;
    if (json_parse(&json, text) == -ENOMEM)
        return -ENOMEM;
    add(&seen->most_in_flight, json, "most_in_flight");
    add(&seen->accepted, json, "accepted");
    add(&seen->served, json, "served");
    add(&seen->cpu_s, json, "cpu_user_s");
    add(&seen->cpu_s, json, "cpu_system_s");
    add(&seen->open, json, "open");
    add(&seen->in_flight, json, "in_flight");
    add(&seen->gone, json, "served");
    add(&seen->gone, json, "abandoned");
    double since = number(json, "window_s");
    if (since > seen->since_first_s)
        seen->since_first_s = since;
    if (number(json, "busy") > origin_limit)
        seen->limited = true;
    cJSON_Delete(json);
    return 0;
}
