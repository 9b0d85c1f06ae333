/* SPDX-License-Identifier: MIT */
#include "harness/diff/diff_options.h"

#include "harness/arguments.h"
#include "harness/commands.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const char help[] =
    "usage: diff [options] MODEL MODEL\n"
    "Two clients side by side, part by part of a hop: resolve, connect, "
    "transfer,\n"
    "end. Colour marks where the program waits, or says what is called "
    "then.\n"
    "\n"
    "  --all        also what is not about a hop\n"
    "  --html FILE  as a page, into this file\n"
    "  --width N    of both columns together (that of the terminal; else 165)\n"
    "\n"
    "MODEL is one of sequential, epoll, asyncore, uring, callbacks, "
    "deferreds,\n"
    "generators, inline-callbacks, tasks, streams, greenlets. With the step of "
    "a\n"
    "lesson, diff compares your file with ours: ./lab help lessons.\n"
    "\n"
    "Exit code: 0; 1 when a file cannot be read or written; 2 when the "
    "command\n"
    "line makes no sense.\n";

enum { OPTION_ALL = 256, OPTION_HTML, OPTION_WIDTH, OPTION_HELP };

static const struct option long_options[] = {
    {"all", no_argument, NULL, OPTION_ALL},
    {"html", required_argument, NULL, OPTION_HTML},
    {"width", required_argument, NULL, OPTION_WIDTH},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

enum { WIDTH_LEAST = 43, WIDTH_USUAL = 165, WIDTH_MOST = 1000 };

static size_t terminal_width(void)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_col)
        return WIDTH_USUAL;
    return size.ws_col < WIDTH_LEAST ? WIDTH_LEAST : size.ws_col;
}

static int set_width(struct diff_options *options, const char *text)
{
    if (argument_count(text, WIDTH_LEAST, WIDTH_MOST, &options->width))
        return -1;
    fprintf(stderr, "diff: '%s' is not a width from %d to %d\n", text,
            WIDTH_LEAST, WIDTH_MOST);
    return EXIT_USAGE;
}

int diff_options_read(struct diff_options *options, int argc, char **argv)
{
    int option, code = -1;
    *options = (struct diff_options){.width = terminal_width()};
    optind = 0;
    while (code < 0 &&
           (option = getopt_long(argc, argv, "h", long_options, NULL)) != -1) {
        switch (option) {
        case OPTION_ALL:
            options->all = true;
            break;
        case OPTION_HTML:
            options->html = optarg;
            break;
        case OPTION_WIDTH:
            code = set_width(options, optarg);
            break;
        case 'h':
        case OPTION_HELP:
            fputs(help, stdout);
            return EXIT_SUCCESS;
        default:
            return EXIT_USAGE;
        }
    }
    if (code < 0 && optind + 2 != argc) {
        fputs("diff: give two models (see --help)\n", stderr);
        return EXIT_USAGE;
    }
    if (code < 0)
        memcpy(options->models, argv + optind, sizeof options->models);
    return code;
}
