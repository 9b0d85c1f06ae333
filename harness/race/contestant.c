/* SPDX-License-Identifier: MIT */
#include "harness/race/contestant.h"
#include "base/clock.h"
#include "base/container_of.h"
#include "base/processors.h"
#include "harness/commands.h"
#include "harness/race/contestant_setup.h"
#include "harness/race/memory.h"
#include "harness/race/record.h"
#include "harness/race/share.h"
#include "harness/spin.h"
#include "harness/timeline/recording.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* ---- what the run took ---- */

struct usage {
    nanos when;
    struct rusage own, children;
};

static void usage_read(struct usage *usage)
{
    getrusage(RUSAGE_SELF, &usage->own);
    getrusage(RUSAGE_CHILDREN, &usage->children);
    usage->when = monotonic_now();
}

static double seconds(struct timeval from, struct timeval to)
{
    return nanos_as_seconds(nanos_from_timeval(to) - nanos_from_timeval(from));
}

/* Children count only once they have been waited for, which a model must do. */
static void usage_note(struct record *record, const struct usage *from,
                       const struct usage *to)
{
    record->wall_s = nanos_as_seconds(to->when - from->when);
    record->cpu_user_s =
        seconds(from->own.ru_utime, to->own.ru_utime) +
        seconds(from->children.ru_utime, to->children.ru_utime);
    record->cpu_system_s =
        seconds(from->own.ru_stime, to->own.ru_stime) +
        seconds(from->children.ru_stime, to->children.ru_stime);
    record->switches_voluntary =
        (double)(to->own.ru_nvcsw - from->own.ru_nvcsw + to->children.ru_nvcsw -
                 from->children.ru_nvcsw);
    record->switches_involuntary =
        (double)(to->own.ru_nivcsw - from->own.ru_nivcsw +
                 to->children.ru_nivcsw - from->children.ru_nivcsw);
}

/* Computes for a page that arrived. */
static void compute(void *context, struct result *result)
{
    const nanos *work = context;
    (void)result;
    spin_for(*work);
}

/* ---- a batch that counts ---- */

struct counted {
    struct batch batch;
    const struct request *requests;
    size_t request_count;
    size_t total, begun;
    nanos opened; /* with an open load, when the first request was due */
    const struct contestant_setup *setup;
    struct record *record;
    bool stops;
};

/* When a request is due; 0: at once. */
static nanos due_at(const struct counted *counted, size_t index)
{
    const struct contestant_setup *setup = counted->setup;
    size_t burst = setup->burst ? setup->burst : 1;
    if (!counted->opened)
        return 0;
    return counted->opened +
           (nanos)((double)(index / burst * burst) * 1e9 / (double)setup->rate);
}

static bool counted_next(struct batch *batch, struct job *job)
{
    struct counted *counted = container_of(batch, struct counted, batch);
    if (counted->begun == counted->total)
        return false;
    size_t index = counted->begun++;
    size_t which = index % counted->request_count;
    *job = (struct job){.index = index,
                        .request = &counted->requests[which],
                        .earliest = due_at(counted, index)};
    size_t in_flight = counted->begun - counted->record->finished;
    if (in_flight > counted->record->in_flight_max)
        counted->record->in_flight_max = in_flight;
    probe(PROBE_JOB, 0, index, 0);
    return true;
}

static void explain(struct counted *counted, const struct result *result)
{
    struct buffer text = {0};

    char *error = counted->record->error;
    size_t size = sizeof counted->record->error;
    if (result->error == FETCH_OK)
        snprintf(error, size, "status %d with a body of %llu bytes",
                 result->status, (unsigned long long)result->body_bytes);
    else if (result_explain(result, &text))
        snprintf(error, size, "%s", fetch_error_sentence(result->error));
    else
        snprintf(error, size, "%.*s", (int)text.size, text.data);
    buffer_deinit(&text);
}

/* A client that begins a request late, because it still waits for others, would
 * not count that time as waiting (coordinated omission). So there are two
 * figures: from when the request was due, and from when it began. */
static void note_latency(struct counted *counted, size_t index,
                         const struct result *result)
{
    nanos due = due_at(counted, index);
    if (!due || result->marks[MARK_DONE] == NEVER)
        return;
    latencies_add(&counted->record->latency, result->marks[MARK_DONE] - due);
    latencies_add(&counted->record->latency_naive,
                  result->marks[MARK_DONE] - result->marks[MARK_START]);
}

/* An answer counts only if it is the page that was asked for. */
static void counted_done(struct batch *batch, size_t index,
                         struct result *result)
{
    struct counted *counted = container_of(batch, struct counted, batch);
    bool right = result->error == FETCH_OK && result->status == 200 &&
                 (!counted->setup->body_known ||
                  result->body_bytes == counted->setup->body_size);
    note_latency(counted, index, result);
    probe(PROBE_RESULT, 0, index, 0);
    counted->record->finished++;
    counted->record->body_bytes += result->body_bytes;
    if (!right && counted->record->errors++ == 0)
        explain(counted, result);
    if (counted->stops)
        raise(SIGSTOP);
}

static int run_model(struct contestant_setup *setup, bool warm_up,
                     struct record *record)
{
    struct call_options options = call_default_options;
    size_t total = warm_up ? setup->warm_requests : setup->requests;
    size_t most = setup->concurrency < total ? setup->concurrency : total;
    struct counted counted = {
        .batch = {.concurrency = most ? most : 1,
                  .options = &options,
                  .next = counted_next,
                  .done = counted_done},
        .requests = warm_up ? &setup->warm : setup->made + setup->first,
        .request_count = warm_up ? 1 : setup->url_count,
        .total = total,
        .setup = setup,
        .record = record,
        .stops = setup->stops && !warm_up,
    };

    nanos work = setup->work;
    if (setup->rate && !warm_up)
        counted.opened = monotonic_now();
    if (work) {
        options.work = compute;
        options.work_context = &work;
    }
    if (setup->timeout)
        options.connect_timeout = options.total_timeout = setup->timeout;
    options.trust = &setup->trust;
    if (setup->recorded && !warm_up)
        options.trace = recording_trace;
    options.keep_body = false;
    options.keep_alive =
        setup->keep_alive && (setup->model->can & CAN_KEEP_ALIVE);
    if (counted.stops)
        raise(SIGSTOP);
    return setup->model->run(&counted.batch);
}

/* ---- a floor ---- */

static int addresses_of(const struct request *requests, size_t count,
                        struct address *addresses)
{
    for (size_t i = 0; i < count; i++)
        if (!address_from_literal(&addresses[i], requests[i].url.endpoint.host,
                                  requests[i].url.endpoint.port))
            return -EINVAL;
    return 0;
}

static int run_floor(const struct contestant_setup *setup, bool warm_up,
                     struct record *record)
{
    const struct request *requests = warm_up ? &setup->warm : setup->made;
    struct address addresses[CONTESTANT_URLS_MAX];
    size_t body_size = 0;
    struct floor_load load = {
        .addresses = addresses,
        .address_count = warm_up ? 1 : (int)setup->url_count,
        .request = buffer_slice(&requests[0].wire[setup->keep_alive]),
        .requests = warm_up ? setup->warm_requests : setup->requests,
        .keep_alive = setup->keep_alive,
    };
    struct usage from, to;

    load.connections =
        setup->concurrency < load.requests ? setup->concurrency : load.requests;
    int status = addresses_of(requests, (size_t)load.address_count, addresses);
    if (status == 0)
        status = floor_learn(&load, &body_size);
    usage_read(&from); /* after the one answer that it learned from */
    if (status == 0)
        status = setup->floor->run(&load);
    usage_read(&to);
    usage_note(record, &from, &to);

    record->finished = status == 0 ? load.requests : 0;
    record->errors = load.errors;
    record->body_bytes = (load.requests - load.errors) * body_size;
    record->in_flight_max = load.connections;
    if (load.error)
        snprintf(record->error, sizeof record->error, "%s",
                 fetch_errno_sentence(load.error));
    return status;
}

/* ---- warm up, then measure ---- */

static int run_once(struct contestant_setup *setup, bool warm_up,
                    struct record *record)
{
    struct usage from, to;

    if (setup->floor)
        return run_floor(setup, warm_up, record);
    usage_read(&from);
    int status = run_model(setup, warm_up, record);
    usage_read(&to);
    usage_note(record, &from, &to);
    return status;
}

static void note_failure(struct record *record, int error)
{
    snprintf(record->error, sizeof record->error, "it could not be set up: %s",
             fetch_errno_sentence(error));
}

/* The first batch pays for what happens only once: loading pages of the
 * program, growing the allocator's memory and the kernel's tables of
 * sockets. */
static int measure(struct contestant_setup *setup, struct record *record)
{
    struct record forgotten;
    int status = 0;

    record_init(&forgotten);
    if (setup->warm_requests)
        status = run_once(setup, true, &forgotten);
    if (status == 0 && setup->memory)
        record->base_pss_bytes = (double)memory_pss(getpid());
    struct recording recording = {.memory = NULL};
    if (status == 0 && setup->recorded)
        status = recording_open(&recording, (int)setup->recording);
    if (recording.memory)
        recording_begin(&recording);
    if (status == 0)
        status = run_once(setup, false, record);
    if (recording.memory)
        recording_end(&recording);
    if (status < 0)
        note_failure(record, status);
    return status;
}

/* ---- with others ---- */

static int take_share(void *context, size_t place)
{
    struct contestant_setup *setup = context;
    struct record forgotten;

    setup->url_count /= setup->processes;
    setup->first = place * setup->url_count;
    setup->requests = share_part(setup->requests, setup->processes, place);
    setup->concurrency =
        share_part(setup->concurrency, setup->processes, place);
    record_init(&forgotten);
    return setup->warm_requests ? run_once(setup, true, &forgotten) : 0;
}

static int run_share(void *context, size_t place, struct record *record)
{
    (void)place;
    return run_once(context, false, record);
}

static int measure_together(struct contestant_setup *setup,
                            struct record *record)
{
    struct share share = {.processes = setup->processes,
                          .memory = setup->memory,
                          .context = setup,
                          .prepare = take_share,
                          .run = run_share};
    int status = share_run(&share, record);
    if (status < 0)
        snprintf(record->error, sizeof record->error,
                 "its processes could not be started: %s",
                 fetch_errno_sentence(status));
    return status;
}

/* If it cannot be pinned it does not run: figures from another processor would
 * be wrong. */
static bool pin(const struct contestant_setup *setup)
{
    int error = setup->pinned ? processors_pin(0, (int)setup->cpu) : 0;
    if (error)
        fprintf(stderr, "contestant: it may not run on processor %zu: %s\n",
                setup->cpu, strerror(-error));
    return !error;
}

/* Before a model forks. */
static bool load_trust(struct tls_trust *trust)
{
    struct tls_context *context;
    int error = trust->ca_file ? tls_trust_context(trust, &context) : 0;
    if (error)
        fprintf(stderr, "contestant: --cacert: %s\n", strerror(-error));
    return !error;
}

/* Sends what a learner's model and its children print to nowhere, because it
 * would come between the lines of the report. -1: it is left as it is. */
static int set_output_aside(void)
{
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    int output = nowhere < 0 ? -1 : fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    if (output >= 0)
        dup2(nowhere, STDOUT_FILENO);
    if (nowhere >= 0)
        close(nowhere);
    return output;
}

static void take_output_back(int output)
{
    fflush(stdout);
    if (output < 0)
        return;
    dup2(output, STDOUT_FILENO);
    close(output);
}

static int report_failure(int error)
{
    struct record record;
    record_init(&record);
    note_failure(&record, error);
    record_report_print(&record, stdout);
    return 1;
}

static int run(struct contestant_setup *setup)
{
    struct record record;

    if (!pin(setup) || !load_trust(&setup->trust))
        return 1;
    record_init(&record);
    int output = set_output_aside();
    int status = setup->processes ? measure_together(setup, &record)
                                  : measure(setup, &record);
    take_output_back(output);
    record_report_print(&record, stdout);
    return status < 0 ? 1 : 0;
}

int contestant_main(int argc, char **argv)
{
    struct contestant_setup setup = {0};
    int error = contestant_setup_read(&setup, argc, argv);
    int code = error == -EINVAL ? EXIT_USAGE
               : error          ? report_failure(error)
                                : run(&setup);
    contestant_setup_deinit(&setup);
    return code;
}
