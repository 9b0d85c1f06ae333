/* SPDX-License-Identifier: MIT */
#include "harness/race/witness.h"
#include "base/processors.h"
#include "harness/json.h"

#include <errno.h>
#include <stdio.h>

/* Busy for more of a run than this, the origin and not the client decided how
 * long it took. */
static const double origin_limit = 0.8;

int witness_init(struct witness *witness, const struct plan *plan)
{
    struct origin_options options = {.seed = plan->seed,
                                     .addresses = plan->addresses};

    *witness = (struct witness){.addresses = plan->addresses,
                                .options = call_default_options};
    witness->options.total_timeout = 5 * NANOS_PER_SECOND;
    int status = origin_process_start(&witness->origin, &options);
    if (status < 0)
        return status;
    status = blocking_worker_init(&witness->worker, &witness->options, NULL, 0);
    if (status < 0)
        origin_process_stop(&witness->origin);
    return status;
}

void witness_deinit(struct witness *witness)
{
    blocking_worker_deinit(&witness->worker);
    origin_process_stop(&witness->origin);
}

int witness_url(const struct witness *witness, int address,
                const struct block *block, const char *run, struct buffer *out)
{
    int error = buffer_print(out, "http://127.0.0.%d:%d", address + 1,
                             witness->origin.port);
    if (!error && (block->delay == 0 || !run))
        error = buffer_print(out, "/fixed");
    else if (!error)
        error = buffer_print(out, "/bytes/%d?delay=%lldus", PAGE_BYTES,
                             (long long)(block->delay / 1000));
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

    buffer_print(&text, "http://127.0.0.1:%d%s", witness->origin.port, target);
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
                 struct record *record)
{
    char target[64];

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
    cJSON_Delete(json);
    return error != -ENOMEM;
}

int witness_pin(const struct witness *witness, int processor)
{
    return processors_pin(witness->origin.pid, processor);
}
