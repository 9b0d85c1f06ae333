/* SPDX-License-Identifier: MIT */
#include "harness/origin/stats.h"

#include "base/ascii.h"

#include <errno.h>
#include <inttypes.h>
#include <sys/resource.h>

/* CPU of this thread: the program may have other threads for other work. */
static void cpu_now(nanos *user, nanos *system)
{
    struct rusage usage;
    getrusage(RUSAGE_THREAD, &usage);
    *user = nanos_from_timeval(usage.ru_utime);
    *system = nanos_from_timeval(usage.ru_stime);
}

static void run_begin(struct run *run, nanos now)
{
    run->first = run->last = run->changed = now;
    cpu_now(&run->user, &run->system);
}

void stats_init(struct stats *stats, nanos now)
{
    memset(stats, 0, sizeof *stats);
    run_begin(&stats->total, now);
}

static bool is_id_character(char c)
{
    return ascii_is_alphanumeric(c) || c == '.' || c == '_' || c == '-';
}

bool stats_is_id(struct slice id)
{
    for (size_t i = 0; i < id.size; i++)
        if (!is_id_character(id.data[i]))
            return false;
    return id.size > 0 && id.size <= RUN_ID_MAX;
}

struct run *stats_find(struct stats *stats, struct slice id)
{
    for (int i = 0; i < RUNS_MAX && id.size; i++)
        if (slice_equal(slice_of(stats->runs[i].id), id))
            return &stats->runs[i];
    return NULL;
}

static bool is_better_place(const struct run *run, const struct run *best)
{
    if (run->open || run->in_flight)
        return false;
    return !best || run->last < best->last;
}

/* A free place has last == 0, so it is older than any run. */
static struct run *find_place(struct stats *stats)
{
    struct run *best = NULL;
    for (int i = 0; i < RUNS_MAX; i++)
        if (is_better_place(&stats->runs[i], best))
            best = &stats->runs[i];
    return best;
}

struct run *stats_run(struct stats *stats, struct slice id, nanos now,
                      void (*forget)(void *context, const struct run *run),
                      void *context)
{
    struct run *run = stats_find(stats, id);
    if (run || id.size == 0 || id.size > RUN_ID_MAX)
        return run;
    run = find_place(stats);
    if (!run)
        return NULL;
    forget(context, run);
    memset(run, 0, sizeof *run);
    memcpy(run->id, id.data, id.size);
    run_begin(run, now);
    return run;
}

/* Adds the time since the last change to what was in flight then. */
static void run_account(struct run *run, nanos now)
{
    if (run->in_flight >= 1)
        run->active += now - run->changed;
    if (run->in_flight >= 2)
        run->overlap += now - run->changed;
    run->changed = now;
}

/* The clock of a run starts with its first request, also after a reset. */
static void run_start(struct run *run, nanos now)
{
    if (run->requests == 0 && run->in_flight == 0)
        run_begin(run, now);
}

static void run_request(struct run *run, nanos now)
{
    run_start(run, now);
    run_account(run, now);
    run->requests++;
    run->in_flight++;
    if (run->in_flight > run->most_in_flight)
        run->most_in_flight = run->in_flight;
}

static void run_request_end(struct run *run, nanos now, enum request_end how)
{
    run_account(run, now);
    run->in_flight--;
    run->last = now;
    if (how == REQUEST_SERVED)
        run->served++;
    else
        run->abandoned++;
}

static void run_instant(struct run *run, nanos now, uint64_t bytes)
{
    run_start(run, now);
    run->requests++;
    run->served++;
    run->bytes_out += bytes;
    run->last = now;
    if (run->most_in_flight <= run->in_flight)
        run->most_in_flight = run->in_flight + 1;
}

void stats_request(struct stats *stats, struct run *run, nanos now)
{
    run_request(&stats->total, now);
    if (run)
        run_request(run, now);
}

void stats_request_end(struct stats *stats, struct run *run, nanos now,
                       enum request_end how)
{
    run_request_end(&stats->total, now, how);
    if (run)
        run_request_end(run, now, how);
}

void stats_instant(struct stats *stats, struct run *run, nanos now,
                   uint64_t bytes)
{
    run_instant(&stats->total, now, bytes);
    if (run)
        run_instant(run, now, bytes);
}

void stats_bytes(struct stats *stats, struct run *run, uint64_t count)
{
    stats->total.bytes_out += count;
    if (run)
        run->bytes_out += count;
}

void stats_error(struct stats *stats, struct run *run)
{
    stats->total.errors++;
    if (run)
        run->errors++;
}

void run_open(struct run *run)
{
    run->accepted++;
    run->open++;
    if (run->open > run->most_open)
        run->most_open = run->open;
}

void run_close(struct run *run)
{
    run->open--;
}

void run_reset(struct run *run, nanos now)
{
    struct run fresh = {0};
    memcpy(fresh.id, run->id, sizeof fresh.id);
    fresh.open = fresh.most_open = run->open;
    fresh.in_flight = fresh.most_in_flight = run->in_flight;
    *run = fresh;
    run_begin(run, now);
}

static int print_counts(const struct run *run, struct buffer *out)
{
    return buffer_print(
        out,
        "\"accepted\":%" PRIu64 ",\"refused\":%" PRIu64
        ",\"open\":%d,\"most_open\":%d,\"requests\":%" PRIu64
        ",\"served\":%" PRIu64 ",\"abandoned\":%" PRIu64 ",\"errors\":%" PRIu64
        ",\"in_flight\":%d,\"most_in_flight\":%d,\"bytes_out\":%" PRIu64,
        run->accepted, run->refused, run->open, run->most_open, run->requests,
        run->served, run->abandoned, run->errors, run->in_flight,
        run->most_in_flight, run->bytes_out);
}

static int print_times(const struct run *run, nanos now, struct buffer *out)
{
    struct run until_now = *run;
    run_account(&until_now, now);
    nanos user, system;
    cpu_now(&user, &system);
    double cpu_user = nanos_as_seconds(user - run->user);
    double cpu_system = nanos_as_seconds(system - run->system);
    double window =
        nanos_as_seconds((run->in_flight ? now : run->last) - run->first);
    /* Requests that were answered within a single turn have a duration of 0. */
    double busy = window > 0 ? (cpu_user + cpu_system) / window : 0;
    /* The clocks of time and of CPU may differ a little. */
    if (busy > 1)
        busy = 1;
    return buffer_print(out,
                        ",\"active_s\":%.6f,\"overlap_s\":%.6f,"
                        "\"window_s\":%.6f,\"cpu_user_s\":%.6f,"
                        "\"cpu_system_s\":%.6f,\"busy\":%.3f}",
                        nanos_as_seconds(until_now.active),
                        nanos_as_seconds(until_now.overlap), window, cpu_user,
                        cpu_system, busy);
}

int run_print(const struct run *run, nanos now, struct buffer *out)
{
    int error = *run->id ? buffer_print(out, "{\"run\":\"%s\",", run->id)
                         : buffer_append_text(out, "{");
    if (!error)
        error = print_counts(run, out);
    return error ? error : print_times(run, now, out);
}

int stats_print(const struct stats *stats, nanos now, struct buffer *out)
{
    int error = buffer_append_text(out, "{\"total\":");
    if (!error)
        error = run_print(&stats->total, now, out);
    if (!error)
        error = buffer_append_text(out, ",\"runs\":[");
    const char *comma = "";
    for (int i = 0; i < RUNS_MAX && !error; i++) {
        const struct run *run = &stats->runs[i];
        if (!*run->id)
            continue;
        error = buffer_append_text(out, comma);
        if (!error)
            error = run_print(run, now, out);
        comma = ",\n";
    }
    return error ? error : buffer_append_text(out, "]}");
}
