/* SPDX-License-Identifier: MIT */
#include "harness/race/witness.h"
#include "base/processors.h"
#include "harness/race/seen.h"

#include <errno.h>
#include <stdio.h>

/* Made before the origins are forked, so that they inherit it. */
static int start_origins(struct witness *witness, const struct plan *plan)
{
    struct origin_options options = {.seed = plan->seed,
                                     .addresses = plan->addresses};
    int error = 0;
    if (plan->tls)
        error = tls_identity_make(&witness->identity);
    if (!error && plan->tls)
        error = tls_server_context_new(&options.tls,
                                       witness->identity.certificate_file,
                                       witness->identity.key_file);
    for (size_t i = 0; i < witness->count && !error; i++)
        error = origin_process_start(&witness->stands[i].origin, &options);
    tls_context_free(options.tls);
    if (plan->tls)
        witness->trust.ca_file = witness->identity.certificate_file;
    return error;
}

static void stop_origins(struct witness *witness)
{
    for (size_t i = 0; i < witness->count; i++) {
        blocking_worker_deinit(&witness->stands[i].worker);
        origin_process_stop(&witness->stands[i].origin);
    }
    tls_trust_deinit(&witness->trust);
    tls_identity_remove(&witness->identity);
}

static int init_workers(struct witness *witness)
{
    int error = 0;
    for (size_t i = 0; i < witness->count && !error; i++)
        error = blocking_worker_init(&witness->stands[i].worker,
                                     &witness->options, NULL, 0);
    return error;
}

int witness_init(struct witness *witness, const struct plan *plan)
{
    *witness = (struct witness){.count = plan->processes ? plan->processes : 1,
                                .addresses = plan->addresses,
                                .url = plan->url,
                                .body_size = PAGE_BYTES,
                                .options = call_default_options};
    for (size_t i = 0; i < witness->count; i++)
        witness->stands[i] = (struct stand){
            .origin = {.pid = -1, .stop_fd = -1}, .worker = {.fd = -1}};
    witness->options.total_timeout = 5 * NANOS_PER_SECOND;
    witness->options.trust = &witness->trust;
    int error = plan->url ? 0 : start_origins(witness, plan);
    if (!error)
        error = init_workers(witness);
    if (error)
        stop_origins(witness);
    return error;
}

void witness_deinit(struct witness *witness)
{
    stop_origins(witness);
}

static const char *scheme_of(const struct witness *witness)
{
    return witness->trust.ca_file ? "https" : "http";
}

/* A page at a gate waits for all others, however long they take. */
static const int gate_s = 600;

static int add_path(const struct block *block, const char *run,
                    struct buffer *out)
{
    if (run && block->processes)
        return buffer_print(out, "/gate?bytes=%d&for=%ds&run=%s", PAGE_BYTES,
                            gate_s, run);
    if (!run || block->delay == 0)
        return buffer_print(out, "/fixed%s%s", run ? "?run=" : "",
                            run ? run : "");
    int error = buffer_print(out, "/bytes/%d?delay=%lldus", PAGE_BYTES,
                             (long long)(block->delay / 1000));
    if (!error && block->origin_work)
        error = buffer_print(out, "&work=%lldus",
                             (long long)(block->origin_work / 1000));
    return error ? error : buffer_print(out, "&run=%s", run);
}

int witness_url(const struct witness *witness, size_t place, int address,
                const struct block *block, const char *run, struct buffer *out)
{
    if (witness->url)
        return buffer_print(out, "%s", witness->url);
    int error = buffer_print(out, "%s://127.0.0.%d:%d", scheme_of(witness),
                             address + 1, witness->stands[place].origin.port);
    return error ? error : add_path(block, run, out);
}

/* A page of an origin: its result, owned by the worker; NULL when there is no
 * memory to ask for it. */
static const struct result *get(struct witness *witness, size_t place,
                                const char *target)
{
    static const struct slice nothing = {0};
    struct stand *stand = &witness->stands[place];
    struct buffer text = {0};
    struct url url = {0};
    struct request request = {0};
    const struct result *result = NULL;

    buffer_print(&text, "%s://127.0.0.1:%d%s", scheme_of(witness),
                 stand->origin.port, target);
    buffer_terminate(&text);
    if (text.data && url_parse(&url, text.data) == URL_OK &&
        request_init(&request, METHOD_GET, &url, NULL, nothing) == 0) {
        struct job job = {.request = &request};
        result = blocking_fetch(&stand->worker, &job);
    }
    request_deinit(&request);
    url_deinit(&url);
    buffer_deinit(&text);
    return result;
}

/* Adds what an origin has seen of a run: nothing when it never got a request of
 * it. Returns as witness_ask. */
static int add_stats(struct witness *witness, size_t place, const char *run,
                     struct seen *seen)
{
    enum { NEVER_SEEN = 404, NO_MEMORY = 503 };
    char target[64];

    snprintf(target, sizeof target, "/stats?run=%s", run);
    const struct result *result = get(witness, place, target);
    if (!result)
        return -ENOMEM;
    /* What this machine refuses us is not the origin's fault. */
    if (fetch_error_exit_code(result->error) ==
        fetch_error_exit_code(FETCH_SYSTEM))
        return result->detail < 0 ? result->detail : -ENOMEM;
    if (result->error != FETCH_OK)
        return -EPIPE;
    if (result->status == NEVER_SEEN)
        return 0;
    if (result->status == NO_MEMORY)
        return -ENOMEM;
    if (result->status != 200)
        return -EPIPE;
    return seen_add(seen, buffer_slice(&result->body));
}

static int add_all(struct witness *witness, const char *run, struct seen *seen)
{
    seen_init(seen);
    int error = 0;
    for (size_t i = 0; !error && i < witness->count && !witness->url; i++)
        error = add_stats(witness, i, run, seen);
    return error;
}

int witness_ask(struct witness *witness, const char *run, struct record *record,
                double *open)
{
    struct seen seen;
    int error = add_all(witness, run, &seen);

    record->origin_max_in_flight = seen.most_in_flight;
    record->origin_accepted = seen.accepted;
    record->origin_served = seen.served;
    record->origin_cpu_s = seen.cpu_s;
    record->origin_limited = seen.limited;
    if (!error)
        *open = seen.open;
    return error;
}

bool witness_look(struct witness *witness, const char *run, struct sight *sight)
{
    struct seen seen;
    bool all = !add_all(witness, run, &seen);

    *sight = (struct sight){seen.in_flight, seen.gone, seen.since_first_s};
    return all;
}

/* Errors are ignored: an origin that does not answer is noticed when its stats
 * are asked for. */
void witness_open_gates(struct witness *witness, const char *run)
{
    char target[64];
    snprintf(target, sizeof target, "/open?run=%s", run);
    for (size_t i = 0; i < witness->count; i++)
        get(witness, i, target);
}

void witness_read_moment(const struct witness *witness, bool pinned,
                         struct moment *moment)
{
    moment_read(moment, pinned, witness->stands[0].origin.pid);
    for (size_t i = 1; i < witness->count; i++)
        moment_add_child(moment, witness->stands[i].origin.pid);
}

int witness_pin(const struct witness *witness, int processor)
{
    int error = 0;
    for (size_t i = 0; i < witness->count && !error && !witness->url; i++)
        error = processors_pin(witness->stands[i].origin.pid, processor);
    return error;
}
