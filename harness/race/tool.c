/* SPDX-License-Identifier: MIT */
#include "harness/race/tool.h"

#include <stdio.h>

static double spent(struct timeval all, struct timeval start)
{
    nanos span = nanos_from_timeval(all) - nanos_from_timeval(start);
    return span > 0 ? nanos_as_seconds(span) : 0;
}

static double counted(long all, long start)
{
    return all > start ? (double)(all - start) : 0;
}

void tool_note(struct record *record, const struct peer *peer,
               const struct launch_outcome *outcome,
               const struct launch_outcome *start)
{
    const struct rusage *all = &outcome->usage, *of_start = &start->usage;
    nanos took = outcome->took - start->took;

    record->wall_s = took > 0 ? nanos_as_seconds(took) : 0;
    record->cpu_user_s = spent(all->ru_utime, of_start->ru_utime);
    record->cpu_system_s = spent(all->ru_stime, of_start->ru_stime);
    record->switches_voluntary = counted(all->ru_nvcsw, of_start->ru_nvcsw);
    record->switches_involuntary = counted(all->ru_nivcsw, of_start->ru_nivcsw);
    bool failed = launch_explain(outcome, record->error, sizeof record->error);
    bool told = peer->read(record, outcome->output.data);
    if (!failed && !told)
        snprintf(record->error, sizeof record->error,
                 "its output has no results");
    else if (!failed && record->errors)
        snprintf(record->error, sizeof record->error,
                 "it reports that %zu requests failed", record->errors);
    else if (!failed && record->finished != record->requests)
        snprintf(record->error, sizeof record->error,
                 "it reports %zu pages instead of %zu", record->finished,
                 record->requests);
}

void tool_doubt(struct record *record)
{
    double served = record->origin_served > 0 ? record->origin_served : 0;
    if (!record->error[0] && served < (double)record->finished)
        snprintf(record->error, sizeof record->error,
                 "it reports %zu pages, but the origin has served %.0f",
                 record->finished, served);
}
