/* SPDX-License-Identifier: MIT */
#include "harness/race/witness.h"
#include "base/processors.h"
#include "harness/json.h"

#include <errno.h>
#include <stdio.h>

/* Busy for more of a run than this, the origin and not the client decided how
 * long it took. */
static const double origin_limit = 0.8;

/* The certificate is made before the origin is a process of its own, which
 * inherits it. */
static int start_origin(struct witness *witness, const struct plan *plan)
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
    if (!error)
        error = origin_process_start(&witness->origin, &options);
    tls_context_free(options.tls);
    if (plan->tls)
        witness->trust.ca_file = witness->identity.certificate_file;
    return error;
}

static void stop_origin(struct witness *witness)
{
    origin_process_stop(&witness->origin);
    tls_trust_deinit(&witness->trust);
    tls_identity_remove(&witness->identity);
}

int witness_init(struct witness *witness, const struct plan *plan)
{
    *witness = (struct witness){.addresses = plan->addresses,
                                .url = plan->url,
                                .body_size = PAGE_BYTES,
                                .origin = {.pid = -1, .stop_fd = -1},
                                .options = call_default_options};
    witness->options.total_timeout = 5 * NANOS_PER_SECOND;
    witness->options.trust = &witness->trust;
    int error = plan->url ? 0 : start_origin(witness, plan);
    if (!error)
        error =
            blocking_worker_init(&witness->worker, &witness->options, NULL, 0);
    if (error)
        stop_origin(witness);
    return error;
}

void witness_deinit(struct witness *witness)
{
    blocking_worker_deinit(&witness->worker);
    stop_origin(witness);
}

static const char *scheme_of(const struct witness *witness)
{
    return witness->trust.ca_file ? "https" : "http";
}

int witness_url(const struct witness *witness, int address,
                const struct block *block, const char *run, struct buffer *out)
{
    if (witness->url)
        return buffer_print(out, "%s", witness->url);
    int error = buffer_print(out, "%s://127.0.0.%d:%d", scheme_of(witness),
                             address + 1, witness->origin.port);
    if (!error && (block->delay == 0 || !run))
        error = buffer_print(out, "/fixed");
    else if (!error)
        error = buffer_print(out, "/bytes/%d?delay=%lldus", PAGE_BYTES,
                             (long long)(block->delay / 1000));
    if (!error && block->origin_work && block->delay && run)
        error = buffer_print(out, "&work=%lldus",
                             (long long)(block->origin_work / 1000));
    if (!error && run)
        error = buffer_print(out, "%crun=%s", block->delay ? '&' : '?', run);
    return error;
}

/* A page of the origin: its result, owned by the worker; NULL when there is no
 * memory to ask for it. */
static const struct result *get(struct witness *witness, const char *target)
{
    static const struct slice nothing = {0};
    struct buffer text = {0};
    struct url url = {0};
    struct request request = {0};
    const struct result *result = NULL;

    buffer_print(&text, "%s://127.0.0.1:%d%s", scheme_of(witness),
                 witness->origin.port, target);
    buffer_terminate(&text);
    if (text.data && url_parse(&url, text.data) == URL_OK &&
        request_init(&request, METHOD_GET, &url, NULL, nothing) == 0) {
        struct job job = {.request = &request};
        result = blocking_fetch(&witness->worker, &job);
    }
    request_deinit(&request);
    url_deinit(&url);
    buffer_deinit(&text);
    return result;
}

static void note(struct record *record, const cJSON *json)
{
    if (!cJSON_IsObject(json))
        return;
    record->origin_max_in_flight =
        json_number(json, "most_in_flight", NOT_KNOWN);
    record->origin_accepted = json_number(json, "accepted", NOT_KNOWN);
    record->origin_served = json_number(json, "served", NOT_KNOWN);
    record->origin_cpu_s = json_number(json, "cpu_user_s", NOT_KNOWN) +
                           json_number(json, "cpu_system_s", NOT_KNOWN);
    record->origin_limited =
        json_number(json, "busy", NOT_KNOWN) > origin_limit;
}

bool witness_ask(struct witness *witness, const char *run,
                 struct record *record, int *open)
{
    char target[64];

    *open = 0;
    if (witness->url)
        return true;
    snprintf(target, sizeof target, "/stats?run=%s", run);
    const struct result *result = get(witness, target);
    if (!result || result->error != FETCH_OK)
        return false;
    if (result->status == 404)
        return true; /* nothing of that run ever came */
    if (result->status != 200)
        return false;
    cJSON *json;
    int error = json_parse(&json, buffer_slice(&result->body));
    note(record, json);
    *open = (int)json_number(json, "open", 0);
    cJSON_Delete(json);
    return error != -ENOMEM;
}

int witness_pin(const struct witness *witness, int processor)
{
    return witness->url ? 0 : processors_pin(witness->origin.pid, processor);
}
