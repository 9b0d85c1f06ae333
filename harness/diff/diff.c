/* SPDX-License-Identifier: MIT */
/* `diff`: two clients side by side. Any two of them differ only in how they
 * wait, and this shows it. */
#include "base/whole_file.h"
#include "harness/arguments.h"
#include "harness/commands.h"
#include "harness/diff/columns.h"
#include "harness/diff/sources.h"

#include <errno.h>
#include <getopt.h>
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

struct diff {
    struct column columns[2];
    bool all;
    const char *html;
    size_t width;
};

/* ---- the command line ---- */

static size_t terminal_width(void)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_col)
        return WIDTH_USUAL;
    return size.ws_col < WIDTH_LEAST ? WIDTH_LEAST : size.ws_col;
}

static int set_width(struct diff *diff, const char *text)
{
    if (argument_count(text, WIDTH_LEAST, WIDTH_MOST, &diff->width))
        return -1;
    fprintf(stderr, "diff: '%s' is not a width from %d to %d\n", text,
            WIDTH_LEAST, WIDTH_MOST);
    return EXIT_USAGE;
}

/* -1 to go on, or the exit code. */
static int read_options(struct diff *diff, int argc, char **argv)
{
    int option, code = -1;
    while (code < 0 &&
           (option = getopt_long(argc, argv, "h", long_options, NULL)) != -1) {
        switch (option) {
        case OPTION_ALL:
            diff->all = true;
            break;
        case OPTION_HTML:
            diff->html = optarg;
            break;
        case OPTION_WIDTH:
            code = set_width(diff, optarg);
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
    return code;
}

/* ---- the sources ---- */

static int read_client(struct column *column, const char *model)
{
    const struct client_source *source = client_source_of(model);
    char path[1024];
    if (!source || source->no_hops) {
        fprintf(stderr, "diff: there is no client '%s' here (see --help)\n",
                model);
        return EXIT_USAGE;
    }
    column->model = source->model;
    column->files = source->text;
    for (size_t i = 0; client_source_path(source, i, path, sizeof path); i++) {
        int error = hops_add(&column->hops, path);
        if (error) {
            fprintf(stderr, "diff: %s: %s\n", source->files[i],
                    strerror(-error));
            return EXIT_FAILURE;
        }
    }
    return EXIT_SUCCESS;
}

/* Checked before the sources are read. */
static int see_to_page(const char *path)
{
    int error = path ? whole_file_try(path) : 0;
    if (!error)
        return EXIT_SUCCESS;
    fprintf(stderr, "diff: --html %s: %s\n", path, strerror(-error));
    return EXIT_FAILURE;
}

static int write_page(const struct diff *diff)
{
    struct buffer page = {.data = NULL};
    columns_print_html(diff->columns, diff->all, &page);
    int error = buffer_lacks(&page) ? -ENOMEM : 0;
    if (!error)
        error = whole_file_write(diff->html, buffer_slice(&page),
                                 WHOLE_FILE_WRITTEN);
    buffer_deinit(&page);
    if (!error)
        return EXIT_SUCCESS;
    fprintf(stderr, "diff: %s: %s\n", diff->html, strerror(-error));
    return EXIT_FAILURE;
}

int diff_main(int argc, char **argv)
{
    struct diff diff = {.width = terminal_width()};
    int code = read_options(&diff, argc, argv);
    if (code >= 0)
        return code;
    code = see_to_page(diff.html);
    if (!code)
        code = read_client(&diff.columns[0], argv[optind]);
    if (!code)
        code = read_client(&diff.columns[1], argv[optind + 1]);
    if (!code && diff.html)
        code = write_page(&diff);
    else if (!code)
        columns_print(diff.columns, diff.all, diff.width, stdout);
    hops_deinit(&diff.columns[0].hops);
    hops_deinit(&diff.columns[1].hops);
    return code;
}
