/* SPDX-License-Identifier: MIT */
#include "harness/race/contestant_setup.h"
#include "harness/arguments.h"
#include "harness/models.h"
#include "harness/race/known.h"
#include "harness/race/share.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- its requests ---- */

/* 0; -EINVAL, when it has said why; or -ENOMEM. */
static int make_request(struct request *request, const char *text)
{
    static const struct slice nothing = {0};
    struct url url = {0};
    enum url_error error = url_parse(&url, text);
    int status = error == URL_NO_MEMORY ? -ENOMEM : -EINVAL;

    if (error == URL_OK)
        status = request_init(request, METHOD_GET, &url, NULL, nothing);
    else if (error != URL_NO_MEMORY)
        fprintf(stderr, "%s: %s\n", text, url_error_sentence(error));
    url_deinit(&url);
    return status;
}

static int make_requests(struct contestant_setup *setup)
{
    int error = 0;
    setup->made = calloc(setup->url_count, sizeof *setup->made);
    if (!setup->made)
        return -ENOMEM;
    for (size_t i = 0; !error && i < setup->url_count; i++)
        error = make_request(&setup->made[i], setup->urls[i]);
    return error ? error
                 : make_request(&setup->warm, setup->warm_url ? setup->warm_url
                                                              : setup->urls[0]);
}

/* ---- options ---- */

static bool can_share(const struct contestant_setup *setup)
{
    size_t processes = setup->processes;
    return processes <= SHARE_PROCESSES_MAX &&
           setup->url_count % processes == 0 && setup->requests >= processes &&
           setup->concurrency >= processes && !setup->floor &&
           !setup->recorded && !setup->stops;
}

static void find_contestant(struct contestant_setup *setup)
{
    if (!setup->name)
        return;
    setup->floor = floors_find(setup->name);
    if (setup->floor)
        return;
    setup->model = models_find(setup->name);
    if (!setup->model)
        setup->model = known_find(setup->name);
}

static bool check_setup(const struct contestant_setup *setup)
{
    const char *why_not = setup->model ? models_why_not(setup->model) : NULL;

    if (!setup->name)
        fprintf(stderr, "contestant: --model is needed\n");
    else if (!setup->model && !setup->floor)
        fprintf(stderr, "contestant: there is no model \"%s\"\n", setup->name);
    else if (why_not)
        fprintf(stderr, "%s: %s\n", setup->name, why_not);
    else if (!setup->url_count || !setup->requests || !setup->concurrency)
        fprintf(stderr, "contestant: --url, -n and -c are needed, and more "
                        "than 0\n");
    else if (setup->processes && !can_share(setup))
        fprintf(stderr,
                "contestant: --processes: at most %d, as many URLs, requests "
                "and -c for each, and neither a floor nor --record, --stops\n",
                SHARE_PROCESSES_MAX);
    else
        return true;
    return false;
}

static const struct option long_options[] = {
    {"model", required_argument, NULL, 'm'},
    {"url", required_argument, NULL, 'u'},
    {"warm-url", required_argument, NULL, 'w'},
    {"warm-requests", required_argument, NULL, 'W'},
    {"concurrency", required_argument, NULL, 'c'},
    {"requests", required_argument, NULL, 'n'},
    {"keep-alive", no_argument, NULL, 'k'},
    {"memory", no_argument, NULL, 'M'},
    {"cpu", required_argument, NULL, 'p'},
    {"rate", required_argument, NULL, 'r'},
    {"burst", required_argument, NULL, 'B'},
    {"work", required_argument, NULL, 'x'},
    {"body-size", required_argument, NULL, 'b'},
    {"cacert", required_argument, NULL, 'C'},
    {"record", required_argument, NULL, 'R'},
    {"timeout", required_argument, NULL, 't'},
    {"processes", required_argument, NULL, 'P'},
    {"stops", no_argument, NULL, 's'},
    {0},
};

static bool read_count(const char *text, size_t *count)
{
    if (argument_count(text, 0, INT_MAX, count))
        return true;
    fprintf(stderr, "contestant: \"%s\" is not a number\n", text);
    return false;
}

static bool read_span(const char *text, nanos *span)
{
    if (argument_span(text, span))
        return true;
    fprintf(stderr, "contestant: \"%s\" is not a time like 20ms\n", text);
    return false;
}

static bool add_url(struct contestant_setup *setup, const char *url)
{
    if (setup->url_count == CONTESTANT_URLS_MAX) {
        fprintf(stderr, "contestant: at most %d times --url\n",
                CONTESTANT_URLS_MAX);
        return false;
    }
    setup->urls[setup->url_count++] = url;
    return true;
}

static bool read_option(struct contestant_setup *setup, int option)
{
    switch (option) {
    case 'm':
        setup->name = optarg;
        return true;
    case 'u':
        return add_url(setup, optarg);
    case 'w':
        setup->warm_url = optarg;
        return true;
    case 'W':
        return read_count(optarg, &setup->warm_requests);
    case 'c':
        return read_count(optarg, &setup->concurrency);
    case 'n':
        return read_count(optarg, &setup->requests);
    case 'p':
        setup->pinned = true;
        return read_count(optarg, &setup->cpu);
    case 'b':
        setup->body_known = true;
        return read_count(optarg, &setup->body_size);
    case 'R':
        setup->recorded = true;
        return read_count(optarg, &setup->recording);
    case 'C':
        setup->trust.ca_file = optarg;
        return true;
    case 'r':
        return read_count(optarg, &setup->rate);
    case 'B':
        return read_count(optarg, &setup->burst);
    case 'x':
        return read_span(optarg, &setup->work);
    case 't':
        return read_span(optarg, &setup->timeout);
    case 'P':
        return read_count(optarg, &setup->processes);
    case 'k':
        return setup->keep_alive = true;
    case 'M':
        return setup->memory = true;
    case 's':
        return setup->stops = true;
    default:
        return false;
    }
}

static bool read_options(struct contestant_setup *setup, int argc, char **argv)
{
    int option;

    optind = 0; /* start over, because other code has parsed options before */
    while ((option = getopt_long(argc, argv, "c:n:k", long_options, NULL)) !=
           -1)
        if (!read_option(setup, option))
            return false;
    if (optind < argc) {
        fprintf(stderr, "contestant: \"%s\" is not an option\n", argv[optind]);
        return false;
    }
    find_contestant(setup);
    return check_setup(setup);
}

int contestant_setup_read(struct contestant_setup *setup, int argc, char **argv)
{
    return read_options(setup, argc, argv) ? make_requests(setup) : -EINVAL;
}

void contestant_setup_deinit(struct contestant_setup *setup)
{
    for (size_t i = 0; setup->made && i < setup->url_count; i++)
        request_deinit(&setup->made[i]);
    free(setup->made);
    request_deinit(&setup->warm);
    tls_trust_deinit(&setup->trust);
}
