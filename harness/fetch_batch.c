/* SPDX-License-Identifier: MIT */
#include "harness/fetch.h"

#include "base/clock.h"
#include "base/container_of.h"

#include <errno.h>
#include <stdlib.h>

static struct fetch *fetch_of(struct batch *batch)
{
    return container_of(batch, struct fetch, batch);
}

static bool hand_out(struct batch *batch, struct job *job)
{
    struct fetch *fetch = fetch_of(batch);
    const struct fetch_options *options = fetch->options;
    if (fetch->handed_out == options->count)
        return false;
    size_t index = fetch->handed_out++;
    *job = (struct job){
        .index = index,
        .request = &options->pages[index % options->url_count],
    };
    return true;
}

static void count_failure(struct fetch *fetch, size_t index,
                          enum fetch_error error)
{
    fetch->errors[error]++;
    if (!fetch->failed++ || index < fetch->first_failed) {
        fetch->first_failed = index;
        fetch->first_error = error;
    }
}

static void count(struct fetch *fetch, size_t index,
                  const struct result *result)
{
    fetch->finished++;
    fetch->bytes += result->body_bytes;
    if (result->error)
        count_failure(fetch, index, result->error);
    else
        fetch->statuses[result->status]++;
}

/* If the disk is full for one page, it is full for the others, too. */
static void save(struct fetch *fetch, size_t index, struct result *result,
                 struct saved *saved)
{
    fetch_save(fetch, index, result, saved);
    if (saved->error) {
        result_fail(result, FETCH_SYSTEM, saved->error);
        fetch_stop(fetch);
    }
}

static void take_in(struct batch *batch, size_t index, struct result *result)
{
    struct fetch *fetch = fetch_of(batch);
    struct saved saved = {0};
    if (fetch->in_flight)
        in_flight_forget(fetch->in_flight, index); /* its worker may be dead */
    pthread_mutex_lock(&fetch->lock);
    if (fetch->options->directory && !result->error)
        save(fetch, index, result, &saved);
    count(fetch, index, result);
    fetch_print_result(fetch, index, result, &saved);
    fetch_show_progress(fetch, monotonic_now());
    pthread_mutex_unlock(&fetch->lock);
    buffer_deinit(&saved.path);
}

static void tell_fewer(struct batch *batch, enum fetch_error why)
{
    struct fetch *fetch = fetch_of(batch);
    pthread_mutex_lock(&fetch->lock);
    fetch_tell_fewer(fetch, why);
    pthread_mutex_unlock(&fetch->lock);
}

int fetch_init(struct fetch *fetch, const struct fetch_options *options)
{
    *fetch = (struct fetch){
        .batch = {.concurrency = options->concurrency,
                  .options = &fetch->call,
                  .cancel = &fetch->cancel,
                  .next = hand_out,
                  .done = take_in,
                  .fewer = tell_fewer},
        .options = options,
        .call = options->call,
        .told = calloc(options->url_count, sizeof *fetch->told),
    };
    pthread_mutex_init(&fetch->lock, NULL);
    int error = cancel_init(&fetch->cancel);
    return error ? error : fetch->told ? 0 : -ENOMEM;
}

void fetch_deinit(struct fetch *fetch)
{
    cancel_deinit(&fetch->cancel);
    pthread_mutex_destroy(&fetch->lock);
    free(fetch->told);
}

void fetch_stop(struct fetch *fetch)
{
    fetch->stopped = true;
    cancel_request(&fetch->cancel);
}

int fetch_run(struct fetch *fetch)
{
    fetch->began = monotonic_now();
    fetch_asked_start(fetch);
    int error = fetch->options->model->run(&fetch->batch);
    fetch_asked_stop(fetch);
    return error;
}
