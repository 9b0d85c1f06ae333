/* SPDX-License-Identifier: MIT */
/* `serve`: the origin by itself, for curl, a browser or `fetch`. */
#include "base/output.h"
#include "harness/arguments.h"
#include "harness/commands.h"
#include "harness/inquiry.h"
#include "harness/origin/origin.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: serve [options]\n"
    "The server that the race runs against. Its first line is its URL; what a\n"
    "URL can ask for is on the page it leads to. Ctrl-C ends it, Ctrl-\\ asks\n"
    "what it waits for.\n"
    "\n"
    "  --host ADDRESS  where to listen (127.0.0.1: this machine only)\n"
    "  --port N        0 for any that is free (0)\n"
    "  --seed N        of the bytes it makes up (0)\n"
    "\n"
    "Exit code: 0 after Ctrl-C, 1 when it could not listen, 2 when the "
    "command\n"
    "line makes no sense.\n";

enum { OPTION_HOST = 256, OPTION_PORT, OPTION_SEED, OPTION_HELP };

static const struct option long_options[] = {
    {"host", required_argument, NULL, OPTION_HOST},
    {"port", required_argument, NULL, OPTION_PORT},
    {"seed", required_argument, NULL, OPTION_SEED},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

/* The URL stands alone on its line, for programs; the rest is for people. */
static int print_address(void *context, uint16_t port)
{
    const struct origin_options *options = context;
    const char *host = options->host;
    bool ipv6 = strchr(host, ':');
    char url[300];
    snprintf(url, sizeof url, "http://%s%s%s:%u", ipv6 ? "[" : "", host,
             ipv6 ? "]" : "", port);
    printf("%s/\n\n"
           "Try:\n"
           "  curl %s/bytes/1024?delay=20ms | wc -c\n"
           "  curl -i %s/status/404\n"
           "  curl %s/stats\n"
           "  ./lab fetch -c 4 -n 4 '%s/hold?until=4'\n"
           "Ctrl-C ends it.\n",
           url, url, url, url, url);
    /* A server whose address was not told is of no use. */
    return output_check("serve");
}

/* -1 to go on, or the exit code. */
static int read_options(struct origin_options *options, int argc, char **argv)
{
    int option;
    size_t number = 0;
    while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
        switch (option) {
        case OPTION_HOST:
            options->host = optarg;
            break;
        case OPTION_PORT:
            if (!argument_count(optarg, 0, UINT16_MAX, &number)) {
                fprintf(stderr, "serve: '%s' is no port\n", optarg);
                return EXIT_USAGE;
            }
            options->port = (uint16_t)number;
            break;
        case OPTION_SEED:
            if (!argument_count(optarg, 0, SIZE_MAX, &number)) {
                fprintf(stderr, "serve: '%s' is no number\n", optarg);
                return EXIT_USAGE;
            }
            options->seed = number;
            break;
        case OPTION_HELP:
            fputs(help, stdout);
            return 0;
        default:
            return EXIT_USAGE; /* getopt has said why */
        }
    }
    if (optind == argc)
        return -1;
    fprintf(stderr, "serve: what is '%s'? (see serve --help)\n", argv[optind]);
    return EXIT_USAGE;
}

int serve_main(int argc, char **argv)
{
    struct origin_options options = {.host = "127.0.0.1"};
    int code = read_options(&options, argc, argv);
    if (code >= 0)
        return code;
    /* Without a descriptor for it, Ctrl-\ ends the program as usual. */
    int asked = inquiry_open();
    options.asked = asked >= 0 ? &asked : NULL;
    int error = origin_serve(&options, -1, print_address, &options);
    if (asked >= 0)
        inquiry_close(asked);
    if (error && !output_flush())
        fprintf(stderr, "serve: cannot listen on %s port %u: %s\n",
                options.host, options.port, strerror(-error));
    return error ? EXIT_FAILURE : EXIT_SUCCESS;
}
