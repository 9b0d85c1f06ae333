/* SPDX-License-Identifier: MIT */
#include "harness/race/contestant.h"
#include "base/clock.h"
#include "base/container_of.h"
#include "base/processors.h"
#include "harness/arguments.h"
#include "harness/commands.h"
#include "harness/floors/floors.h"
#include "harness/models.h"
#include "harness/race/known.h"
#include "harness/race/memory.h"
#include "harness/race/record.h"
#include "harness/race/share.h"
#include "harness/spin.h"
#include "harness/timeline/recording.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { URLS_MAX = 256 };

struct setup {
    const char *model;
    const char *urls[URLS_MAX]; /* taken in turn, request by request */
    size_t url_count;
    const char *warm_url; /* NULL: the first of the others */
    size_t warm_requests;
    size_t concurrency;
    size_t requests;
    bool keep_alive;
    bool memory; /* note our memory before we begin */
    bool pinned; /* run on that core only */
    size_t cpu;
    size_t rate;     /* requests that are due in a second; 0: at once */
    size_t burst;    /* of them at the same moment; 0: one */
    nanos work;      /* to compute for each page */
    bool body_known; /* every page must be of that size */
    size_t body_size;
    nanos timeout;    /* of a request; 0: the usual ones */
    size_t processes; /* that share the load and the URLs; 0: only this one */
    bool stops;       /* stops itself before it begins and after each request */
    bool recorded;    /* into this descriptor (recording.h) */
    size_t recording;

    struct tls_trust *trust; /* for https */

    struct request *made; /* of the URLs; owned */
    size_t first;         /* of those that are ours */
    struct request warm;
};

static const struct model *find_model(const char *name)
{
    const struct model *model = models_find(name);
    return model ? model : known_find(name);
}

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
    const struct setup *setup;
    struct record *record;
    bool stops;
};

/* When a request is due; 0: at once. */
static nanos due_at(const struct counted *counted, size_t index)
{
    const struct setup *setup = counted->setup;
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

static int run_model(const struct model *model, const struct setup *setup,
                     bool warm_up, struct record *record)
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
    options.trust = setup->trust;
    if (setup->recorded && !warm_up)
        options.trace = recording_trace;
    options.keep_body = false;
    options.keep_alive = setup->keep_alive && (model->can & CAN_KEEP_ALIVE);
    if (counted.stops)
        raise(SIGSTOP);
    return model->run(&counted.batch);
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

static int run_floor(const struct floor *floor, const struct setup *setup,
                     bool warm_up, struct record *record)
{
    const struct request *requests = warm_up ? &setup->warm : setup->made;
    struct address addresses[URLS_MAX];
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
        status = floor->run(&load);
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

static int run_once(const struct setup *setup, bool warm_up,
                    struct record *record)
{
    const struct floor *floor = floors_find(setup->model);
    struct usage from, to;

    if (floor)
        return run_floor(floor, setup, warm_up, record);
    usage_read(&from);
    int status = run_model(find_model(setup->model), setup, warm_up, record);
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
static int measure(const struct setup *setup, struct record *record)
{
    struct record forgotten;
    int status = 0;

    record_init(&forgotten);
    if (setup->warm_requests)
        status = run_once(setup, true, &forgotten);
    if (status == 0 && setup->memory)
        record->base_pss_bytes = (double)memory_pss(getpid());
    struct recording *recording = NULL;
    if (status == 0 && setup->recorded)
        status = recording_open(&recording, (int)setup->recording);
    if (recording)
        recording_begin(recording);
    if (status == 0)
        status = run_once(setup, false, record);
    recording_end(recording);
    if (status < 0)
        note_failure(record, status);
    return status;
}

/* ---- with others ---- */

static int take_share(void *context, size_t place)
{
    struct setup *setup = context;
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

static int measure_together(struct setup *setup, struct record *record)
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

/* ---- options ---- */

/* 0; -EINVAL, when it has said why; or -ENOMEM. */
static int make_request(struct request *request, const char *text)
{
    static const struct slice nothing = {0};
    struct url url = {0};
    enum url_error error = url_parse(&url, text);
    int status = error == URL_NO_MEMORY ? -ENOMEM : -EINVAL;

    if (error == URL_OK)
        status = request_init(request, METHOD_GET, &url, NULL, nothing);
    else if (error != URL_NO_MEMORY)
        fprintf(stderr, "%s: %s\n", text, url_error_sentence(error));
    url_deinit(&url);
    return status;
}

static int make_requests(struct setup *setup)
{
    int error = 0;
    setup->made = calloc(setup->url_count, sizeof *setup->made);
    if (!setup->made)
        return -ENOMEM;
    for (size_t i = 0; !error && i < setup->url_count; i++)
        error = make_request(&setup->made[i], setup->urls[i]);
    return error ? error
                 : make_request(&setup->warm, setup->warm_url ? setup->warm_url
                                                              : setup->urls[0]);
}

static void free_requests(struct setup *setup)
{
    for (size_t i = 0; setup->made && i < setup->url_count; i++)
        request_deinit(&setup->made[i]);
    free(setup->made);
    request_deinit(&setup->warm);
}

/* If it cannot be pinned it does not run: figures from another processor would
 * be wrong. */
static bool pin(const struct setup *setup)
{
    int error = setup->pinned ? processors_pin(0, (int)setup->cpu) : 0;
    if (error)
        fprintf(stderr, "contestant: it may not run on processor %zu: %s\n",
                setup->cpu, strerror(-error));
    return !error;
}

static bool can_share(const struct setup *setup)
{
    size_t processes = setup->processes;
    return processes <= SHARE_PROCESSES_MAX &&
           setup->url_count % processes == 0 && setup->requests >= processes &&
           setup->concurrency >= processes && !floors_find(setup->model) &&
           !setup->recorded && !setup->stops;
}

static bool check(const struct setup *setup)
{
    const struct model *model = setup->model ? find_model(setup->model) : NULL;

    if (!model && !(setup->model && floors_find(setup->model)))
        fprintf(stderr, "contestant: there is no model \"%s\"\n",
                setup->model ? setup->model : "");
    else if (model && models_why_not(model))
        fprintf(stderr, "%s: %s\n", model->name, models_why_not(model));
    else if (!setup->url_count || !setup->requests || !setup->concurrency)
        fprintf(stderr, "contestant: --url, -n and -c are needed, and more "
                        "than 0\n");
    else if (setup->processes && !can_share(setup))
        fprintf(stderr,
                "contestant: --processes: at most %d, as many URLs, requests "
                "and -c for each, and neither a floor nor --record, --stops\n",
                SHARE_PROCESSES_MAX);
    else
        return true;
    return false;
}

static const struct option long_options[] = {
    {"model", required_argument, NULL, 'm'},
    {"url", required_argument, NULL, 'u'},
    {"warm-url", required_argument, NULL, 'w'},
    {"warm-requests", required_argument, NULL, 'W'},
    {"concurrency", required_argument, NULL, 'c'},
    {"requests", required_argument, NULL, 'n'},
    {"keep-alive", no_argument, NULL, 'k'},
    {"memory", no_argument, NULL, 'M'},
    {"cpu", required_argument, NULL, 'p'},
    {"rate", required_argument, NULL, 'r'},
    {"burst", required_argument, NULL, 'B'},
    {"work", required_argument, NULL, 'x'},
    {"body-size", required_argument, NULL, 'b'},
    {"cacert", required_argument, NULL, 'C'},
    {"record", required_argument, NULL, 'R'},
    {"timeout", required_argument, NULL, 't'},
    {"processes", required_argument, NULL, 'P'},
    {"stops", no_argument, NULL, 's'},
    {0},
};

static bool read_count(const char *text, size_t *count)
{
    if (argument_count(text, 0, INT_MAX, count))
        return true;
    fprintf(stderr, "contestant: \"%s\" is not a number\n", text);
    return false;
}

static bool read_option(struct setup *setup, int option)
{
    switch (option) {
    case 'm':
        setup->model = optarg;
        return true;
    case 'u':
        if (setup->url_count == URLS_MAX)
            return false;
        setup->urls[setup->url_count++] = optarg;
        return true;
    case 'w':
        setup->warm_url = optarg;
        return true;
    case 'W':
        return read_count(optarg, &setup->warm_requests);
    case 'c':
        return read_count(optarg, &setup->concurrency);
    case 'n':
        return read_count(optarg, &setup->requests);
    case 'p':
        setup->pinned = true;
        return read_count(optarg, &setup->cpu);
    case 'b':
        setup->body_known = true;
        return read_count(optarg, &setup->body_size);
    case 'R':
        setup->recorded = true;
        return read_count(optarg, &setup->recording);
    case 'C':
        setup->trust->ca_file = optarg;
        return true;
    case 'r':
        return read_count(optarg, &setup->rate);
    case 'B':
        return read_count(optarg, &setup->burst);
    case 'x':
        return argument_span(optarg, &setup->work);
    case 't':
        return argument_span(optarg, &setup->timeout);
    case 'P':
        return read_count(optarg, &setup->processes);
    case 'k':
        return setup->keep_alive = true;
    case 'M':
        return setup->memory = true;
    case 's':
        return setup->stops = true;
    default:
        return false;
    }
}

static bool read_options(struct setup *setup, int argc, char **argv)
{
    int option;

    optind = 0; /* start over, because other code has parsed options before */
    while ((option = getopt_long(argc, argv, "c:n:k", long_options, NULL)) !=
           -1)
        if (!read_option(setup, option))
            return false;
    return check(setup);
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

int contestant_main(int argc, char **argv)
{
    struct tls_trust trust = {0};
    struct setup setup = {.trust = &trust};
    struct record record;

    record_init(&record);
    if (!read_options(&setup, argc, argv))
        return EXIT_USAGE;
    int error = make_requests(&setup);
    if (error) {
        free_requests(&setup);
        if (error == -EINVAL)
            return EXIT_USAGE;
        note_failure(&record, error);
        record_report_print(&record, stdout);
        return 1;
    }
    if (!pin(&setup) || !load_trust(&trust)) {
        free_requests(&setup);
        return 1;
    }
    int output = set_output_aside();
    int status = setup.processes ? measure_together(&setup, &record)
                                 : measure(&setup, &record);
    take_output_back(output);
    free_requests(&setup);
    tls_trust_deinit(&trust);

    record_report_print(&record, stdout);
    return status < 0 ? 1 : 0;
}
