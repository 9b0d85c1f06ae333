/* SPDX-License-Identifier: MIT */
#include "harness/timeline/timeline_options.h"

#include "harness/arguments.h"
#include "harness/commands.h"
#include "harness/models.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: timeline [options] --model M [--versus M2] [URL]\n"
    "What every worker of a model did, on one axis: waiting to start, "
    "resolving,\n"
    "connecting, sending, waiting, reading, running a callback, idle. Writes a "
    "page\n"
    "for a browser, and a trace that https://ui.perfetto.dev opens.\n"
    "\n"
    "  --model M          what is watched (fetch --list-models names them)\n"
    "  --versus M2        and beside it, on the same axis\n"
    "  -c, --concurrency N  most requests in flight (5)\n"
    "  -n, --requests N   N pages (three for each in flight)\n"
    "  --delay TIME       of the lab's own server, as 20ms or 0.5 (20ms)\n"
    "  -k, --keep-alive   use connections again, where a model can\n"
    "  --out DIR          where timeline.html and timeline.json go (results)\n"
    "  --cost             instead: what it costs to record, in pairs of runs\n"
    "                     with and without (prebuilt answers, 64 in flight)\n"
    "  --mine MODEL=PROGRAM  runs MODEL in this program, as \"mine\" (./lab\n"
    "                     timeline --mine E0 makes the program of what you "
    "wrote)\n"
    "  --help\n"
    "\n"
    "URL is fetched instead of the lab's own pages.\n"
    "\n"
    "Exit code: 0; 1 when a page was not fetched or a file could not be "
    "written;\n"
    "2 for bad options; 130 after Ctrl-C.\n";

/* With more, the picture cannot be read. */
enum { CONCURRENCY_MOST = 200, REQUESTS_MOST = 2000 };

enum {
    OPTION_MODEL = 256,
    OPTION_VERSUS,
    OPTION_DELAY,
    OPTION_OUT,
    OPTION_COST,
    OPTION_MINE,
    OPTION_HELP,
};

static const struct option long_options[] = {
    {"model", required_argument, NULL, OPTION_MODEL},
    {"versus", required_argument, NULL, OPTION_VERSUS},
    {"concurrency", required_argument, NULL, 'c'},
    {"requests", required_argument, NULL, 'n'},
    {"delay", required_argument, NULL, OPTION_DELAY},
    {"keep-alive", no_argument, NULL, 'k'},
    {"out", required_argument, NULL, OPTION_OUT},
    {"cost", no_argument, NULL, OPTION_COST},
    {"mine", required_argument, NULL, OPTION_MINE},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

static int complain(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

static int complain(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("timeline: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    return EXIT_USAGE;
}

static int read_number(const char *option, const char *text, size_t most,
                       size_t *number)
{
    if (argument_count(text, 1, most, number))
        return -1;
    return complain("%s: '%s' is not a number from 1 to %zu", option, text,
                    most);
}

static int read_mine(struct timeline_options *options, const char *text)
{
    const char *equals = strchr(text, '=');
    size_t size = equals ? (size_t)(equals - text) : 0;
    if (!size || size >= sizeof options->mine || !equals[1])
        return complain("--mine wants MODEL=PROGRAM, not '%s'", text);
    memcpy(options->mine, text, size);
    options->mine_program = equals + 1;
    return -1;
}

static int read_option(struct timeline_options *options, int option)
{
    switch (option) {
    case OPTION_MODEL:
        options->model = optarg;
        return -1;
    case OPTION_VERSUS:
        options->versus = optarg;
        return -1;
    case 'c':
        return read_number("--concurrency", optarg, CONCURRENCY_MOST,
                           &options->concurrency);
    case 'n':
        return read_number("--requests", optarg, REQUESTS_MOST,
                           &options->requests);
    case OPTION_DELAY:
        if (argument_span(optarg, &options->delay) &&
            options->delay <= 60 * NANOS_PER_SECOND)
            return -1;
        return complain("--delay: '%s' is not a time of up to 60 seconds, as "
                        "20ms or 0.5",
                        optarg);
    case 'k':
        options->keep_alive = true;
        return -1;
    case OPTION_OUT:
        options->out = optarg;
        return -1;
    case OPTION_COST:
        options->cost = true;
        return -1;
    case OPTION_MINE:
        return read_mine(options, optarg);
    case OPTION_HELP:
        fputs(help, stdout);
        return EXIT_SUCCESS;
    default:
        return EXIT_USAGE;
    }
}

static int add_contestant(struct timeline_options *options, const char *option,
                          const char *name, const char *shown,
                          const char *program)
{
    const struct model *model = models_find(name);
    if (!model)
        return complain("%s: there is no model \"%s\" (fetch --list-models "
                        "names them)",
                        option, name);
    if (models_why_not(model))
        return complain("%s: %s", model->name, models_why_not(model));
    options->contestants[options->count++] = (struct timeline_contestant){
        .name = shown, .model = model, .program = program};
    return -1;
}

static int choose(struct timeline_options *options)
{
    int code = -1;
    if (!options->model && !options->mine_program)
        return complain("--model says what is watched (see --help)");
    if (options->mine_program)
        code = add_contestant(options, "--mine",
                              options->model ? options->model : options->mine,
                              "mine", options->mine_program);
    else
        code = add_contestant(options, "--model", options->model,
                              options->model, NULL);
    if (code < 0 && options->versus)
        code = add_contestant(options, "--versus", options->versus,
                              options->versus, NULL);
    if (!options->requests)
        options->requests = 3 * options->concurrency;
    return code;
}

int timeline_options_read(struct timeline_options *options, int argc,
                          char **argv)
{
    int option, code = -1;
    *options = (struct timeline_options){.concurrency = 5,
                                         .delay = 20 * NANOS_PER_MILLISECOND,
                                         .out = "results"};
    optind = 0;
    while (code < 0 && (option = getopt_long(argc, argv, "c:n:k", long_options,
                                             NULL)) != -1)
        code = read_option(options, option);
    if (code >= 0)
        return code;
    if (optind < argc)
        options->url = argv[optind++];
    if (optind < argc)
        return complain("one URL at a time (see --help)");
    return choose(options);
}
