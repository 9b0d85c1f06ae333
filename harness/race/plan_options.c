/* SPDX-License-Identifier: MIT */
#include "harness/race/plan_options.h"
#include "harness/arguments.h"
#include "harness/commands.h"
#include "harness/models.h"
#include "harness/race/choice.h"
#include "harness/race/complaint.h"
#include "harness/race/elsewhere.h"
#include "harness/race/share.h"
#include "harness/race/shelf.h"
#include "harness/race/simultaneous.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "usage: race [options]\n"
    "Every model in turn fetches the same pages from the lab's own server.\n"
    "Prints a table, and writes results.json and the charts.\n"
    "\n"
    "  --quick            within 30 seconds: fewer rounds, never other "
    "settings\n"
    "  --models A,B|all   what takes part; floors and peers may be named, too\n"
    "  --floor            also floor-epoll, the least that a client can do\n"
    "  --floors           also the floors of threads and processes\n"
    "  --peers            also what is not ours: wrk, ab, h2load, curl, and "
    "the\n"
    "                     talks' own programs, in Python; those that are here\n"
    "  --ledger           also what each costs compared with `sequential`:\n"
    "                     system calls, wake-ups, memory, descriptors, lines;\n"
    "                     takes some seconds more\n"
    "  --name NAME        what the race is called (quick, full or own): its\n"
    "                     results go into results/NAME-DATE, and\n"
    "                     results/latest leads there\n"
    "  --out DIR          into that folder instead\n"
    "\n"
    "One setting instead of the usual ones:\n"
    "  -c, --concurrency N[,N...]  most requests in flight (10)\n"
    "  -n, --requests N   per run (ten for each in flight, at least 100;\n"
    "                     with --delay 0 as many as take half a second of "
    "CPU)\n"
    "  --delay TIME       of the server, as 20ms or 0.5 (20ms); 0: prebuilt\n"
    "                     answers, as cheap as can be\n"
    "\n"
    "  --url URL          of a server that is not ours, instead of the lab's;\n"
    "                     one that is not on this machine needs --yes: it is\n"
    "                     yours, or its owner knows of this\n"
    "\n"
    "Open load: requests are due at a rate, whatever becomes of those before,\n"
    "and how long they take counts from when they were due:\n"
    "  --rate N           a second (1000), most of them (-c, 100) in flight\n"
    "  --burst N          always N due at the same moment (1)\n"
    "  --ramp             half as many more each time, from --rate (250) on, "
    "as\n"
    "                     long as 99 of 100 are no more than 100 ms late\n"
    "\n"
    "Very many connections:\n"
    "  --processes N      each model in N processes that share -c (1000 for\n"
    "                     each) connections, with as many servers, which hold\n"
    "                     all pages back until every one has been asked for\n"
    "\n"
    "  ./lab race --hosts FILE ...  on several machines at once, by ssh: see\n"
    "                     ./lab help hosts\n"
    "\n"
    "  --work TIME        the client computes for that long for each page\n"
    "  --rounds N         per setting (5; 3 with --quick)\n"
    "  -k, --keep-alive   use connections again, where a model can\n"
    "  --tls              by https: a handshake for each connection, so one "
    "for\n"
    "                     each request unless they are kept; without floors\n"
    "  --pin              contestant and server on a core of their own\n"
    "  --seed N           of the server's bytes and the order of turns (1)\n"
    "  --contestant PROGRAM  runs the contestants (this very program)\n"
    "  --mine MODEL=PROGRAM  runs MODEL once more in this program, as\n"
    "                     \"mine\"; without --models these two only (./lab\n"
    "                     race --mine E0 makes the program of what you wrote)\n"
    "  --self-test        no race: is what is known measured right here?\n"
    "  --no-chart         only the table and results.json\n"
    "  --help\n"
    "\n"
    "Exit code: 0; 1 when a contestant failed; 2 for bad options; 3 when the\n"
    "race itself could not go on, measured nothing, or could not print what\n"
    "came of it; 130 after Ctrl-C, which keeps what was measured. Ctrl-\\\n"
    "(SIGQUIT) prints what the race waits for, and goes on.\n";

enum { COUNT_MAX = 10 * 1000 * 1000, LEVEL_MAX = 32000, RATE_MAX = 1000000 };

/* ---- the command line ---- */

static bool read_levels(struct plan_options *options, const char *text)
{
    char copy[256];
    char *rest = copy;

    snprintf(copy, sizeof copy, "%s", text);
    options->level_count = 0;
    for (char *level; (level = strsep(&rest, ","));) {
        if (options->level_count == LEVELS_MAX ||
            !argument_count(level, 1, SIMULTANEOUS_MAX,
                            &options->levels[options->level_count]))
            return race_complain(
                "--concurrency: at most %d numbers from 1 to %d, "
                "or to %d with --processes, as in 10,100",
                LEVELS_MAX, LEVEL_MAX, SIMULTANEOUS_MAX);
        options->level_count++;
    }
    return true;
}

static bool read_count(const char *name, const char *text, size_t most,
                       size_t *count)
{
    return argument_count(text, 1, most, count) ||
           race_complain("--%s: a number from 1 to %zu", name, most);
}

/* MODEL=PROGRAM */
static bool read_mine(struct plan_options *options, const char *text)
{
    char name[64];
    const char *equals = strchrnul(text, '=');

    snprintf(name, sizeof name, "%.*s", (int)(equals - text), text);
    options->mine_model = models_find(name);
    options->mine = *equals ? equals + 1 : equals;
    if (!*options->mine)
        return race_complain(
            "--mine: a model and the program that has yours, as "
            "in callbacks=./waitlab");
    return options->mine_model ||
           race_complain(
               "--mine: there is no model \"%s\" (fetch --list-models "
               "names them)",
               name);
}

static bool read_option(struct plan *plan, struct plan_options *options,
                        int option)
{
    size_t number = 0;

    switch (option) {
    case 'q':
        return plan->quick = true;
    case 'm':
        options->models = optarg;
        return true;
    case 'f':
        return options->floor = true;
    case 'F':
        return options->all_floors = true;
    case 'u':
        plan->url = optarg;
        return true;
    case 'y':
        return options->yes = true;
    case 'x':
        return options->peers = true;
    case 'l':
        return plan->ledger = true;
    case 'o':
        plan->out = optarg;
        return *optarg || race_complain("--out: the name of a folder");
    case 'R':
        plan->name = optarg;
        return shelf_is_name(optarg) ||
               race_complain(
                   "--name: letters, digits, '.', '_' and '-', but not "
                   "\"latest\"");
    case 'c':
        return read_levels(options, optarg);
    case 'n':
        return read_count("requests", optarg, COUNT_MAX, &options->requests);
    case 'd':
        options->delay_given = true;
        return (argument_span(optarg, &options->delay) &&
                options->delay <= 60 * NANOS_PER_SECOND) ||
               race_complain(
                   "--delay: a time of up to 60 seconds, as 20ms or 0.5");
    case 'O':
        return read_count("rate", optarg, RATE_MAX, &options->rate);
    case 'B':
        return read_count("burst", optarg, COUNT_MAX, &options->burst);
    case 'A':
        return options->ramp = true;
    case 'W':
        return (argument_span(optarg, &options->work) &&
                options->work <= NANOS_PER_SECOND) ||
               race_complain("--work: a time of up to a second, as 2ms");
    case 'S':
        return read_count("processes", optarg, SHARE_PROCESSES_MAX,
                          &plan->processes);
    case 'r':
        return read_count("rounds", optarg, 1000, &options->rounds);
    case 'k':
        return options->keep_alive = true;
    case 'T':
        return plan->tls = true;
    case 'p':
        return options->pin = true;
    case 's':
        if (!argument_count(optarg, 0, SIZE_MAX, &number))
            return race_complain("--seed: a number");
        plan->seed = number;
        return true;
    case 'M':
        return read_mine(options, optarg);
    case 't':
        return plan->self_test = true;
    case 'P':
        plan->program = optarg;
        return true;
    default:
        return plan->no_chart = true;
    }
}

static const struct option long_options[] = {
    {"quick", no_argument, NULL, 'q'},
    {"models", required_argument, NULL, 'm'},
    {"floor", no_argument, NULL, 'f'},
    {"floors", no_argument, NULL, 'F'},
    {"ledger", no_argument, NULL, 'l'},
    {"peers", no_argument, NULL, 'x'},
    {"out", required_argument, NULL, 'o'},
    {"name", required_argument, NULL, 'R'},
    {"concurrency", required_argument, NULL, 'c'},
    {"requests", required_argument, NULL, 'n'},
    {"delay", required_argument, NULL, 'd'},
    {"rate", required_argument, NULL, 'O'},
    {"burst", required_argument, NULL, 'B'},
    {"ramp", no_argument, NULL, 'A'},
    {"work", required_argument, NULL, 'W'},
    {"processes", required_argument, NULL, 'S'},
    {"rounds", required_argument, NULL, 'r'},
    {"keep-alive", no_argument, NULL, 'k'},
    {"tls", no_argument, NULL, 'T'},
    {"pin", no_argument, NULL, 'p'},
    {"seed", required_argument, NULL, 's'},
    {"url", required_argument, NULL, 'u'},
    {"yes", no_argument, NULL, 'y'},
    {"contestant", required_argument, NULL, 'P'},
    {"mine", required_argument, NULL, 'M'},
    {"self-test", no_argument, NULL, 't'},
    {"no-chart", no_argument, NULL, 'N'},
    {"help", no_argument, NULL, 'h'},
    {0},
};

/* ---- a server that is not ours ---- */

static bool is_numeric(const char *text)
{
    struct url url = {0};
    struct address address;
    bool numeric =
        url_parse(&url, text) == URL_OK && !url.endpoint.secure &&
        address_from_literal(&address, url.endpoint.host, url.endpoint.port);
    url_deinit(&url);
    return numeric;
}

static bool check_url(struct plan *plan, const struct plan_options *options)
{
    struct url url = {0};

    enum url_error wrong = url_parse(&url, plan->url);
    url_deinit(&url);
    if (wrong)
        return race_complain("--url: %s", url_error_sentence(wrong));
    if (options->delay_given || plan->tls || options->pin || options->ramp ||
        plan->self_test)
        return race_complain(
            "--url: --delay, --tls, --pin, --ramp and --self-test "
            "are for the lab's own server");
    if (choice_has_floor(options) && !is_numeric(plan->url))
        return race_complain("--url: with a floor it has to be http:// and an "
                             "address, as in http://127.0.0.1:80/");
    if (choice_has_peer(options) && strncmp(plan->url, "http:", 5) != 0)
        return race_complain("--url: with peers it is a race by http only");
    enum fetch_error error = elsewhere_look(plan->url, &plan->url_here);
    if (error)
        return race_complain("--url: %s", fetch_error_sentence(error));
    return plan->url_here || options->yes ||
           race_complain(
               "--url: this server is not on this machine; if it may be "
               "raced on, say --yes");
}

/* ---- very many connections ---- */

static bool read_simultaneous(const struct plan *plan,
                              struct plan_options *options)
{
    const char *why_not = simultaneous_refuses(plan, options);

    if (!why_not && choice_has_floor(options))
        why_not = "a floor runs in one process";
    if (!why_not && choice_has_peer(options))
        why_not = "a peer cannot share a load with other processes";
    if (!options->level_count)
        options->levels[options->level_count++] =
            plan->processes * SIMULTANEOUS_USUAL;
    for (size_t i = 0; i < options->level_count && !why_not; i++)
        if (options->levels[i] < plan->processes)
            why_not = "each of them needs a connection (-c)";
    return !why_not || race_complain("--processes: %s", why_not);
}

/* Fills in the plan, with its contestants. -1, or an exit code when all
 * messages have been printed. */
static int read_options(struct plan *plan, struct plan_options *options,
                        int argc, char **argv)
{
    int option;

    *options = (struct plan_options){0};
    optind = 0; /* start over, because other code has parsed options before */
    while ((option = getopt_long(argc, argv, "c:n:k", long_options, NULL)) !=
           -1) {
        if (option == 'h') {
            fputs(usage, stdout);
            return 0;
        }
        if (option == '?' || !read_option(plan, options, option))
            return EXIT_USAGE;
    }
    if (optind < argc) {
        race_complain("\"%s\" is not an option (--help lists them)",
                      argv[optind]);
        return EXIT_USAGE;
    }
    if (plan->out && plan->name) {
        race_complain(
            "--out and --name: one of them says where the results go");
        return EXIT_USAGE;
    }
    if (plan->processes && !read_simultaneous(plan, options))
        return EXIT_USAGE;
    if (!plan->processes && choice_highest_level(options) > LEVEL_MAX) {
        race_complain("--concurrency: more than %d are for --processes",
                      LEVEL_MAX);
        return EXIT_USAGE;
    }
    if (options->ramp || options->burst || options->rate) {
        if (choice_has_floor(options)) {
            race_complain(
                "--rate: a floor sends when it can, not when it is due");
            return EXIT_USAGE;
        }
        if (choice_has_peer(options)) {
            race_complain(
                "--rate: a peer sends when it can, not when it is due");
            return EXIT_USAGE;
        }
        options->rate = options->rate   ? options->rate
                        : options->ramp ? 250
                                        : 1000;
        options->levels[0] = options->level_count ? options->levels[0] : 100;
        options->level_count = 1;
    }
    if (options->work && choice_has_peer(options)) {
        race_complain("--work: a peer computes nothing for its pages");
        return EXIT_USAGE;
    }
    if (plan->url && !check_url(plan, options))
        return EXIT_USAGE;
    if (!options->level_count && (options->requests || options->delay_given ||
                                  options->work || plan->url)) {
        options->levels[0] = 10;
        options->level_count = 1;
    }
    int error = choice_make(plan, options);
    return !error ? -1 : error == -EINVAL ? EXIT_USAGE : EXIT_RACE_BROKEN;
}

int plan_init(struct plan *plan, int argc, char **argv)
{
    struct plan_options options;

    *plan = (struct plan){.seed = 1};
    int code = read_options(plan, &options, argc, argv);
    if (code < 0)
        plan_add_blocks(plan, &options);
    if (!plan->name)
        plan->name = plan->processes       ? "simultaneous"
                     : options.ramp        ? "ramp"
                     : options.rate        ? "open"
                     : options.level_count ? "own"
                     : plan->quick         ? "quick"
                                           : "full";
    return code;
}
