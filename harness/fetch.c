/* SPDX-License-Identifier: MIT */
#include "harness/fetch.h"

#include "harness/commands.h"
#include "harness/interrupt.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

/* Each connection is a descriptor, and a shell hands out few of them. */
static void raise_descriptor_limit(void)
{
    struct rlimit limit;
    if (!getrlimit(RLIMIT_NOFILE, &limit)) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static int exit_code(const struct fetch *fetch, int error)
{
    if (interrupt_signal())
        return 128 + interrupt_signal();
    if (error || fetch->output_failed)
        return fetch_error_exit_code(FETCH_SYSTEM);
    return fetch_error_exit_code(fetch->first_error);
}

static int fetch_all(const struct fetch_options *options)
{
    struct fetch fetch;
    int error = fetch_init(&fetch, options);
    if (!error) {
        raise_descriptor_limit();
        interrupt_cancels(&fetch.cancel);
        error = fetch_run(&fetch);
    }
    if (error)
        fprintf(stderr, "fetch: the model %s could not be set up: %s\n",
                options->model->name, fetch_errno_sentence(error));
    else
        fetch_print_summary(&fetch);
    int code = exit_code(&fetch, error);
    interrupt_cancels(NULL);
    fetch_deinit(&fetch);
    return code;
}

/* 0, or the exit code. */
static int make_directory(const char *path)
{
    if (!path || !mkdir(path, 0777) || errno == EEXIST)
        return 0;
    fprintf(stderr, "fetch: %s cannot be made: %s\n", path, strerror(errno));
    return fetch_error_exit_code(FETCH_SYSTEM);
}

int fetch_main(int argc, char **argv)
{
    struct fetch_options options;
    int code = fetch_options_init(&options, argc, argv);
    if (code < 0) {
        code = make_directory(options.directory);
        if (!code)
            code = fetch_all(&options);
    }
    fetch_options_deinit(&options);
    return code;
}
