/* SPDX-License-Identifier: MIT */
#include "harness/fetch.h"

#include "base/folder.h"
#include "base/output.h"
#include "harness/commands.h"
#include "harness/descriptors.h"
#include "harness/fetch_watch.h"
#include "harness/interrupt.h"

#include <stdio.h>
#include <string.h>

static int exit_code(const struct fetch *fetch, int error)
{
    if (interrupt_signal())
        return 128 + interrupt_signal();
    if (error || fetch->stopped)
        return fetch_error_exit_code(FETCH_SYSTEM);
    return fetch_error_exit_code(fetch->first_error);
}

int fetch_conclude(struct fetch *fetch, int error)
{
    if (error)
        fprintf(stderr, "fetch: the model %s could not %s: %s\n",
                fetch->options->model->name,
                fetch->handed_out ? "go on" : "be set up",
                fetch_errno_sentence(error));
    if (!error || fetch->handed_out)
        fetch_print_summary(fetch);
    return exit_code(fetch, error);
}

static int run_watched(struct fetch *fetch)
{
    struct fetch_watch watch;
    int error = fetch_watch_begin(&watch, fetch);
    if (!error)
        error = fetch_run(fetch);
    fetch_watch_end(&watch);
    return error;
}

static int fetch_all(const struct fetch_options *options)
{
    struct fetch fetch;
    int error = fetch_init(&fetch, options);
    if (!error) {
        descriptors_allow_all();
        interrupt_cancels(&fetch.cancel);
        error = run_watched(&fetch);
    }
    int code = fetch_conclude(&fetch, error);
    interrupt_cancels(NULL);
    fetch_deinit(&fetch);
    return code;
}

/* Checks the folder for the pages before any is fetched. 0, or the exit
 * code. */
static int prepare_directory(const char *path)
{
    int error = path ? folder_prepare(path) : 0;
    if (!error)
        return 0;
    fprintf(stderr, "fetch: -o %s: no file can be written there: %s\n", path,
            strerror(-error));
    return fetch_error_exit_code(FETCH_SYSTEM);
}

int fetch_main(int argc, char **argv)
{
    struct fetch_options options;
    int code = fetch_options_init(&options, argc, argv);
    if (code < 0) {
        code = prepare_directory(options.directory);
        if (!code)
            code = fetch_all(&options);
    }
    fetch_options_deinit(&options);
    return output_check("fetch") && !code ? fetch_error_exit_code(FETCH_SYSTEM)
                                          : code;
}
