/* SPDX-License-Identifier: MIT */
#include "harness/claims/claims_options.h"

#include "harness/claims/loops.h"
#include "harness/claims/reading.h"
#include "harness/claims/sharing.h"
#include "harness/claims/steps.h"
#include "harness/claims/workers.h"
#include "harness/commands.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: claims [options] [CLAIM ...]\n"
    "What the talks claim, put to the test on this machine: what the slide "
    "says,\n"
    "what was measured, and what follows. K3 is a claim; without one, all of "
    "them.\n"
    "\n"
    "  --list       only what they say\n"
    "  --brief      verdicts without charts\n"
    "  --json FILE  also into FILE, for programs\n"
    "  --tiny       in milliseconds, to see that all of it works: no verdicts\n"
    "  --help\n"
    "\n"
    "Exit code: 0, whatever the verdicts; 1 when something could not be "
    "measured or\n"
    "a file could not be written; 2 for bad options; 130 after Ctrl-C.\n";

/* In order; closed by NULL. */
static const struct claim *const claims[] = {
    &claim_k1,  &claim_k2,  &claim_k3, &claim_k4, &claim_k5,
    &claim_k6,  &claim_k7,  &claim_k8, &claim_k9, &claim_k10,
    &claim_k11, &claim_k12, &claim_b6, NULL};

enum { OPTION_JSON = 256, OPTION_LIST, OPTION_BRIEF, OPTION_TINY, OPTION_HELP };

static const struct option long_options[] = {
    {"json", required_argument, NULL, OPTION_JSON},
    {"list", no_argument, NULL, OPTION_LIST},
    {"brief", no_argument, NULL, OPTION_BRIEF},
    {"tiny", no_argument, NULL, OPTION_TINY},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

/* -1 to go on, or the exit code. */
static int read_option(struct claims_options *options, int option)
{
    switch (option) {
    case OPTION_JSON:
        options->json = optarg;
        return -1;
    case OPTION_LIST:
        options->list = true;
        return -1;
    case OPTION_BRIEF:
        options->brief = true;
        return -1;
    case OPTION_TINY:
        options->tiny = true;
        return -1;
    case 'h':
    case OPTION_HELP:
        fputs(help, stdout);
        return EXIT_SUCCESS;
    default:
        return EXIT_USAGE;
    }
}

static int choose(struct claims_options *options, const char *name)
{
    for (size_t i = 0; i < options->count; i++)
        if (!strcasecmp(options->chosen[i]->name, name))
            return -1;
    for (size_t i = 0; claims[i]; i++)
        if (!strcasecmp(claims[i]->name, name)) {
            options->chosen[options->count++] = claims[i];
            return -1;
        }
    fprintf(stderr, "claims: there is no claim '%s' (--list names them)\n",
            name);
    return EXIT_USAGE;
}

int claims_options_read(struct claims_options *options, int argc, char **argv)
{
    int option, code = -1;
    *options = (struct claims_options){.count = 0};
    optind = 0;
    while (code < 0 &&
           (option = getopt_long(argc, argv, "h", long_options, NULL)) != -1)
        code = read_option(options, option);
    for (; code < 0 && optind < argc; optind++)
        code = choose(options, argv[optind]);
    if (code < 0 && !options->count)
        while (claims[options->count]) {
            options->chosen[options->count] = claims[options->count];
            options->count++;
        }
    return code;
}
