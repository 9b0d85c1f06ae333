/* SPDX-License-Identifier: MIT */
#include "harness/fetch.h"

#include "harness/interrupt.h"
#include "harness/json.h"

#include <inttypes.h>
#include <stdio.h>

/* As text, so that no digit is lost on the way through a double. */
static void add_number(cJSON *object, const char *name, uint64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRIu64, value);
    cJSON_AddRawToObject(object, name, text);
}

static void add_seconds(cJSON *object, const char *name, nanos span)
{
    char text[40];
    snprintf(text, sizeof text, "%" PRId64 ".%09" PRId64,
             span / NANOS_PER_SECOND, span % NANOS_PER_SECOND);
    cJSON_AddRawToObject(object, name, text);
}

/* Prints the object as one line, and frees it. */
static void print_line(cJSON *object)
{
    char *line = cJSON_PrintUnformatted(object);
    if (line)
        puts(line);
    cJSON_free(line);
    cJSON_Delete(object);
}

static void add_marks(cJSON *object, const struct result *result, nanos began)
{
    cJSON *marks = cJSON_AddObjectToObject(object, "marks");
    for (int mark = 0; mark < MARK_COUNT; mark++)
        if (result->marks[mark] == NEVER)
            cJSON_AddNullToObject(marks, mark_name((enum mark)mark));
        else
            add_seconds(marks, mark_name((enum mark)mark),
                        result->marks[mark] - began);
}

static void add_error(cJSON *object, const struct result *result,
                      const struct saved *saved)
{
    if (!result->error) {
        cJSON_AddNullToObject(object, "error");
        return;
    }
    struct buffer sentence = {0};
    fetch_explain(result, saved, &sentence);
    buffer_terminate(&sentence);
    json_add_text(object, "error", fetch_error_word(result->error));
    json_add_text(object, "message", sentence.data);
    buffer_deinit(&sentence);
}

void fetch_print_json(const struct fetch *fetch, size_t index,
                      const struct result *result, const struct saved *saved)
{
    cJSON *object = cJSON_CreateObject();
    add_number(object, "index", index);
    json_add_text(object, "url", fetch_url(fetch, index));
    if (result->status)
        add_number(object, "status", (uint64_t)result->status);
    else
        cJSON_AddNullToObject(object, "status");
    add_number(object, "body_bytes", result->body_bytes);
    add_error(object, result, saved);
    add_number(object, "redirects", (uint64_t)result->redirects);
    cJSON_AddBoolToObject(object, "reused", result->reused);
    if (fetch->options->directory)
        json_add_text(object, "file", saved_path(saved));
    add_marks(object, result, fetch->began);
    add_number(object, "pid", (uint64_t)result->doer.pid);
    add_number(object, "thread", (uint64_t)result->doer.thread);
    add_number(object, "slot", result->doer.slot);
    print_line(object);
}

static void add_statuses(cJSON *summary, const struct fetch *fetch)
{
    cJSON *statuses = cJSON_AddObjectToObject(summary, "statuses");
    for (int status = 0; status < FETCH_STATUS_END; status++) {
        char name[8];
        snprintf(name, sizeof name, "%d", status);
        if (fetch->statuses[status])
            add_number(statuses, name, fetch->statuses[status]);
    }
}

static void add_errors(cJSON *summary, const struct fetch *fetch)
{
    cJSON *errors = cJSON_AddObjectToObject(summary, "errors");
    for (int error = FETCH_OK + 1; error <= FETCH_CANCELLED; error++)
        if (fetch->errors[error])
            add_number(errors, fetch_error_word((enum fetch_error)error),
                       fetch->errors[error]);
}

void fetch_print_json_summary(const struct fetch *fetch, nanos wall)
{
    cJSON *object = cJSON_CreateObject();
    cJSON *summary = cJSON_AddObjectToObject(object, "summary");
    const struct fetch_options *options = fetch->options;
    json_add_text(summary, "model", options->model->name);
    add_number(summary, "concurrency", options->concurrency);
    add_number(summary, "requests", options->count);
    add_number(summary, "fetched", fetch->finished - fetch->failed);
    add_number(summary, "failed", fetch->failed);
    add_number(summary, "not_started", options->count - fetch->finished);
    add_number(summary, "body_bytes", fetch->bytes);
    add_seconds(summary, "wall_s", wall);
    add_statuses(summary, fetch);
    add_errors(summary, fetch);
    cJSON_AddBoolToObject(summary, "interrupted", interrupt_signal() != 0);
    print_line(object);
}
