/* SPDX-License-Identifier: MIT */
#include "harness/fetch.h"

#include "base/clock.h"
#include "base/output.h"
#include "base/text.h"
#include "harness/interrupt.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- output ---- */

/* A full disk is reported once; then there is no point in going on. */
static void check_output(struct fetch *fetch)
{
    if (!output_flush())
        return;
    fetch_hide_progress(fetch);
    output_check("fetch");
    fetch_stop(fetch);
}

const char *fetch_explain(const struct result *result,
                          const struct saved *saved, struct buffer *space)
{
    int error;
    if (saved->path.size && saved->error)
        error = buffer_print(space, "%s cannot be written: %s",
                             saved->path.data, strerror(-saved->error));
    else
        error = result_explain(result, space);
    if (!error)
        error = buffer_terminate(space);
    return error ? fetch_error_sentence(result->error) : space->data;
}

/* Pages that were cancelled because something else had failed, or by Ctrl-C,
 * need no sentence of their own. */
static bool needs_telling(const struct fetch *fetch,
                          const struct result *result)
{
    return result->error && !interrupt_signal() &&
           !(result->error == FETCH_CANCELLED && fetch->stopped);
}

/* One sentence for each URL and kind of error, however often it is fetched. */
static void tell_error(struct fetch *fetch, size_t index,
                       const struct result *result, const struct saved *saved)
{
    unsigned *told = &fetch->told[index % fetch->options->url_count];
    if (*told & 1u << result->error)
        return;
    *told |= 1u << result->error;
    struct buffer space = {0}, shown = {0};
    const char *sentence = fetch_explain(result, saved, &space);
    int error = text_append_printable(&shown, slice_of(sentence), "");
    if (!error)
        error = buffer_terminate(&shown);
    fetch_hide_progress(fetch);
    fprintf(stderr, "fetch: %s: %s\n", fetch_url(fetch, index),
            error ? fetch_error_sentence(result->error) : shown.data);
    buffer_deinit(&space);
    buffer_deinit(&shown);
}

/* A page that was printed only in part must not look complete. */
static void tell_no_memory(struct fetch *fetch)
{
    fputs("fetch: there is no memory to print the page\n", stderr);
    fetch_stop(fetch);
}

void fetch_tell_fewer(struct fetch *fetch, enum fetch_error why)
{
    fetch_hide_progress(fetch);
    fprintf(stderr, "fetch: from here on fewer than %zu at once: %s\n",
            fetch->options->concurrency, fetch_error_sentence(why));
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
           nanos_as_milliseconds(duration(result)), fetch_url(fetch, index));
    if (path)
        printf("  %s", path);
    putchar('\n');
}

/* Prints what a server sent: unchanged to a file or a program, but escaped for
 * a terminal, which must not obey control characters of a server. */
static int print_sent(struct slice text, bool terminal)
{
    if (!terminal) {
        fwrite(text.data, 1, text.size, stdout);
        return 0;
    }
    struct buffer shown = {0};
    int error = text_append_printable(&shown, text, "\n\t");
    if (!error)
        fwrite(shown.data, 1, shown.size, stdout);
    buffer_deinit(&shown);
    return error;
}

/* Prints line by line, without the CR before each LF, which a terminal does not
 * need. */
static int print_body(struct slice text, bool terminal)
{
    int error = 0;
    while (!error && text.size > 0) {
        const char *end = terminal ? memchr(text.data, '\n', text.size) : NULL;
        size_t size = end ? (size_t)(end - text.data) + 1 : text.size;
        bool crlf = end && size > 1 && end[-1] == '\r';
        error = print_sent((struct slice){text.data, size - (crlf ? 2 : 0)},
                           terminal);
        if (crlf)
            putchar('\n');
        text.data += size;
        text.size -= size;
    }
    return error;
}

/* The answer to a HEAD request has no body: its fields are printed instead. */
static int print_page(const struct fetch *fetch, const struct result *result)
{
    const char *name, *value;
    size_t cursor = 0;
    int error = 0;
    bool terminal = isatty(STDOUT_FILENO);
    if (fetch->options->method != METHOD_HEAD)
        return print_body(buffer_slice(&result->body), terminal);
    printf("status: %d\n", result->status);
    while (!error && headers_next(&result->headers, &cursor, &name, &value)) {
        printf("%s: ", name);
        error = print_sent(slice_of(value), terminal);
        putchar('\n');
    }
    return error;
}

void fetch_print_result(struct fetch *fetch, size_t index,
                        const struct result *result, const struct saved *saved)
{
    if (needs_telling(fetch, result))
        tell_error(fetch, index, result, saved);
    if (fetch->options->json)
        fetch_print_json(fetch, index, result, saved);
    else if (!fetch_prints_body(fetch->options))
        print_text(fetch, index, result, saved_path(saved));
    else if (!result->error && print_page(fetch, result))
        tell_no_memory(fetch);
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
           nanos_as_seconds(wall));
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
