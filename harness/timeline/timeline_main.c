/* SPDX-License-Identifier: MIT */
/* `timeline`: what every worker of a model did. */
#include "base/buffer_stream.h"
#include "base/folder.h"
#include "base/whole_file.h"
#include "harness/commands.h"
#include "harness/interrupt.h"
#include "harness/origin/origin.h"
#include "harness/race/plan.h"
#include "harness/timeline/cost.h"
#include "harness/timeline/run.h"
#include "http/result.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <unistd.h>

/* A folder of PATH_MAX is refused before: the names in it are never cut. */
enum { PATH_ROOM = PATH_MAX + 32 };

static const char page_name[] = "timeline.html", trace_name[] = "timeline.json";

struct session {
    struct timeline_options options;
    struct origin_process origin;
    struct cancel cancel;
    struct buffer url, setting;
    struct drawn drawn;
};

static int say(const char *what, int error)
{
    fprintf(stderr, "timeline: %s: %s\n", what, strerror(-error));
    return EXIT_FAILURE;
}

/* ---- the runs ---- */

/* A limit: each page takes its delay, one after another, and some time for
 * everything else. */
static nanos patience(const struct session *session)
{
    const struct timeline_options *options = &session->options;
    return nanos_from_seconds(30 +
                              (double)options->requests *
                                  (nanos_as_seconds(options->delay) + 0.001));
}

/* The first pages pay for what happens only once, so they are not drawn. */
static int record_one(struct session *session, struct drawn_run *run,
                      const struct timeline_contestant *contestant)
{
    const struct timeline_options *options = &session->options;
    struct run_setting setting = {
        .url = session->url.data,
        .concurrency = options->concurrency,
        .requests = options->requests,
        .warm_requests = options->url ? 0 : 2 * options->concurrency,
        .keep_alive = options->keep_alive,
        .timeout = patience(session),
        .stop_fd = session->cancel.fd,
    };
    run->name = contestant->name;
    run->model = contestant->model;
    int error =
        recording_init(&run->recording, &setting.recording, options->requests);
    if (!error)
        error = run_contestant(contestant, &setting, &run->record);
    if (!error)
        error =
            timeline_make(&run->timeline, &run->recording, options->requests);
    return error;
}

static int record_all(struct session *session)
{
    const struct timeline_options *options = &session->options;
    struct drawn *drawn = &session->drawn;
    drawn->concurrency = options->concurrency;
    drawn->requests = options->requests;
    drawn->keep_alive = options->keep_alive;
    drawn->setting = session->setting.data;
    for (size_t i = 0; i < options->count; i++) {
        drawn->count = i + 1;
        int error =
            record_one(session, &drawn->runs[i], &options->contestants[i]);
        if (error == -ECANCELED)
            return 128 + interrupt_signal();
        if (error)
            return say(options->contestants[i].name, error);
    }
    return EXIT_SUCCESS;
}

/* ---- the files ---- */

static int write_file(const struct drawn *drawn, const char *path,
                      void (*print)(const struct drawn *drawn, FILE *out))
{
    struct buffer text = {.data = NULL};
    int error = -ENOMEM;
    FILE *out = buffer_stream_open(&text);
    if (out) {
        print(drawn, out);
        error = buffer_stream_close(out);
    }
    if (!error)
        error = whole_file_write(path, buffer_slice(&text), WHOLE_FILE_WRITTEN);
    buffer_deinit(&text);
    return error ? say(path, error) : EXIT_SUCCESS;
}

static void make_path(char path[PATH_ROOM], const char *out, const char *name)
{
    snprintf(path, PATH_ROOM, "%s/%s", out, name);
}

static int write_files(const struct session *session)
{
    char page[PATH_ROOM], trace[PATH_ROOM];
    const char *out = session->options.out;
    make_path(page, out, page_name);
    make_path(trace, out, trace_name);
    int code = write_file(&session->drawn, page, drawn_print_page);
    if (!code)
        code = write_file(&session->drawn, trace, drawn_print_trace);
    if (!code)
        printf("\nTo be opened: %s in a browser,\n"
               "%s at https://ui.perfetto.dev\n",
               page, trace);
    return code;
}

/* Rows of letters are for a terminal only; in a file they would be a
 * nuisance. */
static size_t terminal_width(void)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size))
        return 0;
    return size.ws_col;
}

static int draw(struct session *session)
{
    int code = record_all(session);
    if (code)
        return code;
    drawn_print_text(&session->drawn, terminal_width(), stdout);
    code = write_files(session);
    for (size_t i = 0; i < session->drawn.count; i++) {
        const struct record *record = &session->drawn.runs[i].record;
        if (!record_is_good(record))
            code = EXIT_FAILURE;
        if (record->error[0])
            fprintf(stderr, "timeline: %s: %s\n", session->drawn.runs[i].name,
                    record->error);
    }
    return code;
}

/* ---- what is there before and after ---- */

static int make_url(struct session *session)
{
    const struct timeline_options *options = &session->options;
    struct buffer *url = &session->url;
    int error;
    if (options->url)
        error = buffer_append_text(url, options->url);
    else if (options->cost)
        error = buffer_print(url, "http://127.0.0.1:%d/fixed",
                             session->origin.port);
    else
        error = buffer_print(url, "http://127.0.0.1:%d/bytes/%d?delay=%lldus",
                             session->origin.port, PAGE_BYTES,
                             (long long)(options->delay / 1000));
    return error ? error : buffer_terminate(url);
}

static int describe_session(struct session *session)
{
    const struct timeline_options *options = &session->options;
    struct buffer *text = &session->setting;
    int error = buffer_print(
        text, "%zu page%s, at most %zu in flight, ", options->requests,
        options->requests == 1 ? "" : "s", options->concurrency);
    if (!error && options->url)
        error = buffer_print(text, "%s", options->url);
    else if (!error)
        error = buffer_print(text, "answers after %g ms",
                             nanos_as_milliseconds(options->delay));
    if (!error)
        error = buffer_print(text, ", %s",
                             options->keep_alive ? "kept connections"
                                                 : "a connection for each");
    return error ? error : buffer_terminate(text);
}

/* Checked before anything is fetched. 0 or the exit code. */
static int see_to_files(const char *out)
{
    const char *const names[] = {page_name, trace_name};
    char path[PATH_ROOM];
    snprintf(path, sizeof path, "%s", out);
    int error = folder_prepare(out);
    for (size_t i = 0; !error && i < 2; i++) {
        make_path(path, out, names[i]);
        error = whole_file_try(path);
    }
    if (!error)
        return EXIT_SUCCESS;
    fprintf(stderr, "timeline: --out %s: %s\n", path, strerror(-error));
    return EXIT_USAGE;
}

static int start_session(struct session *session)
{
    const struct timeline_options *options = &session->options;
    struct origin_options origin = {.seed = 1};
    int error = options->cost ? EXIT_SUCCESS : see_to_files(options->out);
    if (error)
        return error;
    error = cancel_init(&session->cancel);
    if (error)
        return say("it cannot be stopped", error);
    interrupt_cancels(&session->cancel);
    /* Processes that a contestant leaves behind become our children, so that we
     * can end them. */
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    if (!options->url)
        error = origin_process_start(&session->origin, &origin);
    if (error) {
        fprintf(stderr, "timeline: the origin could not be started: %s\n",
                fetch_errno_sentence(error));
        return EXIT_FAILURE;
    }
    error = make_url(session);
    if (!error)
        error = describe_session(session);
    return error ? say("the pages", error) : EXIT_SUCCESS;
}

static void end_session(struct session *session)
{
    interrupt_cancels(NULL);
    origin_process_stop(&session->origin);
    for (size_t i = 0; i < session->drawn.count; i++) {
        timeline_deinit(&session->drawn.runs[i].timeline);
        recording_deinit(&session->drawn.runs[i].recording);
    }
    buffer_deinit(&session->url);
    buffer_deinit(&session->setting);
    cancel_deinit(&session->cancel);
}

int timeline_main(int argc, char **argv)
{
    struct session session = {.origin = {.pid = -1, .stop_fd = -1}};
    int code = timeline_options_read(&session.options, argc, argv);
    if (code >= 0)
        return code;
    code = start_session(&session);
    if (!code && session.options.cost)
        code =
            cost_measure(&session.options, session.url.data, session.cancel.fd);
    else if (!code)
        code = draw(&session);
    end_session(&session);
    return code;
}
