/* SPDX-License-Identifier: MIT */
#include "harness/serve_options.h"

#include "harness/arguments.h"
#include "harness/commands.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

static const char help[] =
    "usage: serve [options]\n"
    "The server that the race runs against. Its first line is its URL; what a\n"
    "URL can ask for is on the page it leads to. Ctrl-C ends it, Ctrl-\\ asks\n"
    "what it waits for.\n"
    "\n"
    "  --host ADDRESS  where to listen (127.0.0.1: this machine only)\n"
    "  --port N        0 for any that is free (0)\n"
    "  --seed N        of the bytes it makes up (0)\n"
    "  --tls           https, with a certificate made for this run; clients\n"
    "                  trust it by --cacert and the file that is printed\n"
    "  --cert FILE     https, with this chain of certificates in PEM ...\n"
    "  --key FILE      ... and this key\n"
    "\n"
    "Exit code: 0 after Ctrl-C, 1 when it could not listen, or has no TLS, 2\n"
    "when the command line makes no sense.\n";

enum {
    OPTION_HOST = 256,
    OPTION_PORT,
    OPTION_SEED,
    OPTION_TLS,
    OPTION_CERT,
    OPTION_KEY,
    OPTION_HELP,
};

static const struct option long_options[] = {
    {"host", required_argument, NULL, OPTION_HOST},
    {"port", required_argument, NULL, OPTION_PORT},
    {"seed", required_argument, NULL, OPTION_SEED},
    {"tls", no_argument, NULL, OPTION_TLS},
    {"cert", required_argument, NULL, OPTION_CERT},
    {"key", required_argument, NULL, OPTION_KEY},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

int serve_options_read(struct serve_options *options, int argc, char **argv)
{
    int option;
    size_t number = 0;
    *options = (struct serve_options){.origin.host = "127.0.0.1"};
    optind = 0;
    while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
        switch (option) {
        case OPTION_HOST:
            options->origin.host = optarg;
            break;
        case OPTION_PORT:
            if (!argument_count(optarg, 0, UINT16_MAX, &number)) {
                fprintf(stderr, "serve: '%s' is not a port\n", optarg);
                return EXIT_USAGE;
            }
            options->origin.port = (uint16_t)number;
            break;
        case OPTION_SEED:
            if (!argument_count(optarg, 0, SIZE_MAX, &number)) {
                fprintf(stderr, "serve: '%s' is not a number\n", optarg);
                return EXIT_USAGE;
            }
            options->origin.seed = number;
            break;
        case OPTION_TLS:
            options->tls = true;
            break;
        case OPTION_CERT:
            options->certificate_file = optarg;
            break;
        case OPTION_KEY:
            options->key_file = optarg;
            break;
        case OPTION_HELP:
            fputs(help, stdout);
            return 0;
        default:
            return EXIT_USAGE; /* getopt has said why */
        }
    }
    if (optind < argc) {
        fprintf(stderr, "serve: '%s' is not an option (see serve --help)\n",
                argv[optind]);
        return EXIT_USAGE;
    }
    if (!options->certificate_file != !options->key_file) {
        fputs("serve: --cert and --key go together\n", stderr);
        return EXIT_USAGE;
    }
    options->tls = options->tls || options->key_file;
    return -1;
}
