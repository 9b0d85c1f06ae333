/* SPDX-License-Identifier: MIT */
#include "harness/ps/ps_options.h"

#include "harness/arguments.h"
#include "harness/commands.h"

#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

static const char help[] =
    "usage: %s [options] PID\n"
    "What a running program of this lab waits for: its Tasks, each with the\n"
    "frames of its coroutines and what it awaits, down to the descriptor or "
    "the\n"
    "timer; and its callbacks. ps shows tables, pstree shows what awaits "
    "what.\n"
    "The program is not stopped: its memory is read while it runs, also when "
    "its\n"
    "loop is stuck. It has to be yours.\n"
    "\n"
    "  --for SPAN  how long it is watched for what looks wrong (200ms); 0 "
    "looks\n"
    "              once\n"
    "\n"
    "Warnings: a callback or a Task that does not come back to its loop; one "
    "that\n"
    "is woken for nothing; a Task that waits for ever, or whose waker is "
    "lost.\n"
    "\n"
    "Exit code: 0, also with warnings; 1 when the program cannot be looked "
    "into,\n"
    "or ends meanwhile; 2 when the command line makes no sense.\n";

enum { OPTION_FOR = 256, OPTION_HELP };

static const struct option long_options[] = {
    {"for", required_argument, NULL, OPTION_FOR},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

int ps_options_read(struct ps_options *options, int argc, char **argv)
{
    int option;
    size_t pid;
    *options = (struct ps_options){
        .name = argv[0],
        .span = 200 * NANOS_PER_MILLISECOND,
    };
    optind = 0;
    while ((option = getopt_long(argc, argv, "h", long_options, NULL)) != -1) {
        switch (option) {
        case OPTION_FOR:
            if (!argument_span(optarg, &options->span)) {
                fprintf(stderr, "%s: '%s' is not a time (try 20ms or 1.5)\n",
                        options->name, optarg);
                return EXIT_USAGE;
            }
            break;
        case 'h':
        case OPTION_HELP:
            printf(help, options->name);
            return EXIT_SUCCESS;
        default:
            return EXIT_USAGE;
        }
    }
    if (optind + 1 != argc || !argument_count(argv[optind], 1, INT_MAX, &pid)) {
        fprintf(stderr, "%s: give the number of one process (see --help)\n",
                options->name);
        return EXIT_USAGE;
    }
    options->pid = (pid_t)pid;
    return -1;
}
