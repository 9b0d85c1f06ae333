/* SPDX-License-Identifier: MIT */
#include "harness/fetch.h"

#include "harness/interrupt.h"
#include "harness/json_write.h"

#include <stdio.h>

static void write_marks(struct json_writer *json, const struct result *result,
                        nanos began)
{
    json_write_object(json, "marks");
    for (int mark = 0; mark < MARK_COUNT; mark++)
        if (result->marks[mark] == NEVER)
            json_write_null(json, mark_name((enum mark)mark));
        else
            json_write_seconds(json, mark_name((enum mark)mark),
                               result->marks[mark] - began);
    json_write_end(json);
}

static void write_error(struct json_writer *json, const struct result *result,
                        const struct saved *saved)
{
    if (!result->error) {
        json_write_null(json, "error");
        return;
    }
    struct buffer space = {0};
    json_write_text(json, "error", fetch_error_word(result->error));
    json_write_text(json, "message", fetch_explain(result, saved, &space));
    buffer_deinit(&space);
}

void fetch_print_json(const struct fetch *fetch, size_t index,
                      const struct result *result, const struct saved *saved)
{
    struct json_writer json = {.out = stdout};
    json_write_object(&json, NULL);
    json_write_count(&json, "index", index);
    json_write_text(&json, "url", fetch_url(fetch, index));
    if (result->status)
        json_write_count(&json, "status", (uint64_t)result->status);
    else
        json_write_null(&json, "status");
    json_write_count(&json, "body_bytes", result->body_bytes);
    write_error(&json, result, saved);
    json_write_count(&json, "redirects", (uint64_t)result->redirects);
    json_write_bool(&json, "reused", result->reused);
    if (fetch->options->directory)
        json_write_text(&json, "file", saved_path(saved));
    write_marks(&json, result, fetch->began);
    json_write_count(&json, "pid", (uint64_t)result->doer.pid);
    json_write_count(&json, "thread", (uint64_t)result->doer.thread);
    json_write_count(&json, "slot", result->doer.slot);
    json_write_end(&json);
}

static void write_statuses(struct json_writer *json, const struct fetch *fetch)
{
    json_write_object(json, "statuses");
    for (int status = 0; status < FETCH_STATUS_END; status++) {
        char name[8];
        snprintf(name, sizeof name, "%d", status);
        if (fetch->statuses[status])
            json_write_count(json, name, fetch->statuses[status]);
    }
    json_write_end(json);
}

static void write_errors(struct json_writer *json, const struct fetch *fetch)
{
    json_write_object(json, "errors");
    for (int error = FETCH_OK + 1; error <= FETCH_CANCELLED; error++)
        if (fetch->errors[error])
            json_write_count(json, fetch_error_word((enum fetch_error)error),
                             fetch->errors[error]);
    json_write_end(json);
}

void fetch_print_json_summary(const struct fetch *fetch, nanos wall)
{
    const struct fetch_options *options = fetch->options;
    struct json_writer json = {.out = stdout};
    json_write_object(&json, NULL);
    json_write_object(&json, "summary");
    json_write_text(&json, "model", options->model->name);
    json_write_count(&json, "concurrency", options->concurrency);
    json_write_count(&json, "requests", options->count);
    json_write_count(&json, "fetched", fetch->finished - fetch->failed);
    json_write_count(&json, "failed", fetch->failed);
    json_write_count(&json, "not_started", options->count - fetch->finished);
    json_write_count(&json, "body_bytes", fetch->bytes);
    json_write_seconds(&json, "wall_s", wall);
    write_statuses(&json, fetch);
    write_errors(&json, fetch);
    json_write_bool(&json, "interrupted", interrupt_signal() != 0);
    json_write_end(&json);
    json_write_end(&json);
}
