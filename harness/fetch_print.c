/* SPDX-License-Identifier: MIT */
#include "harness/fetch.h"

#include "base/clock.h"
#include "harness/interrupt.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- where it goes ---- */

/* A full disk is said once; then there is no point in fetching on. */
static void check_output(struct fetch *fetch)
{
    if (fflush(stdout) && !fetch->output_failed) {
        fprintf(stderr, "fetch: the output cannot be written: %s\n",
                strerror(errno));
        fetch->output_failed = true;
        cancel_request(&fetch->cancel);
    }
}

/* One sentence for each URL and kind of error, however often it is fetched. */
static void tell_error(struct fetch *fetch, size_t index,
                       const struct result *result)
{
    unsigned *told = &fetch->told[index % fetch->options->url_count];
    if (*told & 1u << result->error || interrupt_signal())
        return;
    *told |= 1u << result->error;
    struct buffer sentence = {0};
    result_explain(result, &sentence);
    fetch_hide_progress(fetch);
    fprintf(stderr, "fetch: %s: %.*s\n", fetch_url(fetch, index),
            (int)sentence.size, sentence.data);
    buffer_deinit(&sentence);
}

/* ---- a result ---- */

/* How long it took: 0 where it never started. */
static nanos duration(const struct result *result)
{
    nanos start = result->marks[MARK_START], done = result->marks[MARK_DONE];
    return start == NEVER || done == NEVER ? 0 : done - start;
}

static void print_text(const struct fetch *fetch, size_t index,
                       const struct result *result, const char *path)
{
    if (result->error)
        printf("%-15s", fetch_error_word(result->error));
    else
        printf("%-15d", result->status);
    printf(" %9" PRIu64 " bytes %10.3f ms  %s", result->body_bytes,
           (double)duration(result) / (double)NANOS_PER_MILLISECOND,
           fetch_url(fetch, index));
    if (path)
        printf("  %s", path);
    putchar('\n');
}

/* The answer to a HEAD request has no body: its fields are what was asked for.
 */
static void print_page(const struct fetch *fetch, const struct result *result)
{
    const char *name, *value;
    size_t cursor = 0;
    if (fetch->options->method == METHOD_HEAD) {
        printf("status: %d\n", result->status);
        while (headers_next(&result->headers, &cursor, &name, &value))
            printf("%s: %s\n", name, value);
    } else if (result->body.size) {
        fwrite(result->body.data, 1, result->body.size, stdout);
    }
}

void fetch_print_result(struct fetch *fetch, size_t index,
                        const struct result *result, const char *path)
{
    if (result->error)
        tell_error(fetch, index, result);
    if (fetch->options->json)
        fetch_print_json(fetch, index, result, path);
    else if (!fetch_prints_body(fetch->options))
        print_text(fetch, index, result, path);
    else if (!result->error)
        print_page(fetch, result);
    check_output(fetch);
}

/* ---- the summary ---- */

static void print_text_summary(const struct fetch *fetch, nanos wall)
{
    const struct fetch_options *options = fetch->options;
    printf("%s%zu of %zu fetched by %s, at most %zu at once: %" PRIu64
           " bytes in %.3f s",
           interrupt_signal() ? "interrupted: " : "",
           fetch->finished - fetch->failed, options->count,
           options->model->name, options->concurrency, fetch->bytes,
           (double)wall / (double)NANOS_PER_SECOND);
    for (int status = 0; status < FETCH_STATUS_END; status++)
        if (fetch->statuses[status])
            printf("; status %d: %zu", status, fetch->statuses[status]);
    for (int error = FETCH_OK + 1; error <= FETCH_CANCELLED; error++)
        if (fetch->errors[error])
            printf("; %s: %zu", fetch_error_word((enum fetch_error)error),
                   fetch->errors[error]);
    putchar('\n');
}

void fetch_print_summary(struct fetch *fetch)
{
    nanos wall = monotonic_now() - fetch->began;
    fetch_hide_progress(fetch);
    if (fetch->options->json)
        fetch_print_json_summary(fetch, wall);
    else if (!fetch_prints_body(fetch->options))
        print_text_summary(fetch, wall);
    check_output(fetch);
}

/* ---- progress ---- */

static bool somebody_looks(const struct fetch *fetch)
{
    const char *terminal = getenv("TERM");
    return isatty(STDERR_FILENO) && terminal && strcmp(terminal, "dumb") != 0 &&
           !(isatty(STDOUT_FILENO) && !fetch->options->json);
}

void fetch_show_progress(struct fetch *fetch, nanos now)
{
    if (now - fetch->began < 2 * NANOS_PER_SECOND ||
        now - fetch->last_progress < NANOS_PER_SECOND / 5 ||
        !somebody_looks(fetch))
        return;
    fetch->last_progress = now;
    fetch->progress_shown = true;
    fprintf(stderr, "\r\033[K%zu of %zu, %zu failed", fetch->finished,
            fetch->options->count, fetch->failed);
}

void fetch_hide_progress(struct fetch *fetch)
{
    if (fetch->progress_shown)
        fputs("\r\033[K", stderr);
    fetch->progress_shown = false;
}
