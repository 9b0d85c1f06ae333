/* SPDX-License-Identifier: MIT */
#include "harness/fetch.h"

#include "harness/arguments.h"
#include "harness/commands.h"
#include "harness/models.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the option parser works on. Options without a letter have numbers. */
enum {
    OPTION_MODEL = 256,
    OPTION_LIST_MODELS,
    OPTION_CONNECT_TIMEOUT,
    OPTION_MAX_TIME,
    OPTION_MAX_REDIRECTS,
    OPTION_MAX_HEADER,
    OPTION_CACERT,
    OPTION_INSECURE,
    OPTION_JSON,
    OPTION_HELP,
};

static const struct option long_options[] = {
    {"model", required_argument, NULL, OPTION_MODEL},
    {"list-models", no_argument, NULL, OPTION_LIST_MODELS},
    {"concurrency", required_argument, NULL, 'c'},
    {"requests", required_argument, NULL, 'n'},
    {"keep-alive", no_argument, NULL, 'k'},
    {"connect-timeout", required_argument, NULL, OPTION_CONNECT_TIMEOUT},
    {"max-time", required_argument, NULL, OPTION_MAX_TIME},
    {"location", no_argument, NULL, 'L'},
    {"max-redirects", required_argument, NULL, OPTION_MAX_REDIRECTS},
    {"cacert", required_argument, NULL, OPTION_CACERT},
    {"insecure", no_argument, NULL, OPTION_INSECURE},
    {"max-header", required_argument, NULL, OPTION_MAX_HEADER},
    {"request", required_argument, NULL, 'X'},
    {"head", no_argument, NULL, 'I'},
    {"data", required_argument, NULL, 'd'},
    {"header", required_argument, NULL, 'H'},
    {"output", required_argument, NULL, 'o'},
    {"json", no_argument, NULL, OPTION_JSON},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

static const char help[] =
    "usage: fetch [options] URL...\n"
    "Fetches http and https pages, with any model. One page goes to standard "
    "output\n"
    "as it is; for several, one line tells what became of each.\n"
    "\n"
    "  --model NAME          the way of waiting (default: %s)\n"
    "  --list-models         all of them: name, family, how it waits\n"
    "  -c, --concurrency N   at most N at once (1)\n"
    "  -n, --requests N      N in all, the URLs in turn (each once)\n"
    "  -k, --keep-alive      use connections again\n"
    "  -L, --location        follow redirects\n"
    "  --max-redirects N     but not more than these (10)\n"
    "  --connect-timeout T   look-up, connect and TLS handshake of a hop (10)\n"
    "  --max-time T          for a page in all (60)\n"
    "                        T: seconds, or 20ms, 300us, 2m; 0: no limit\n"
    "  --cacert FILE         https: the issuers to trust, in PEM, instead of\n"
    "                        the system's\n"
    "  --insecure            https: accept any certificate\n"
    "  --max-header BYTES    of an answer's headers in all (262144)\n"
    "  -X, --request METHOD  GET, HEAD or POST\n"
    "  -I, --head            HEAD: only the headers\n"
    "  -d, --data TEXT       POST this\n"
    "  -H, --header FIELD    send also this, 'Name: value'; 'Name:' leaves "
    "out\n"
    "                        what fetch sends by itself\n"
    "  -o, --output DIR      save the bodies there, as INDEX-NAME\n"
    "  --json                a line of JSON for each page as it comes in, "
    "then\n"
    "                        a line {\"summary\": ...}\n"
    "\n"
    "A page is fetched when its answer has come in whole, whatever its "
    "status.\n"
    "Exit code: 0 all were fetched; 2 the command line or a URL makes no "
    "sense;\n"
    "otherwise that of the failed request with the lowest index: 3 the name\n"
    "does not resolve, 4 no connection or a broken one, 5 too slow, 6 not "
    "HTTP,\n"
    "cut short or redirected to nowhere, 7 larger than allowed or too many\n"
    "redirects, 8 this machine refused; 130 interrupted: what was fetched "
    "until\n"
    "then is printed.\n"
    "Ctrl-\\ (SIGQUIT) prints what each request waits for, and goes on.\n";

/* Prints what is wrong with the command line, and returns the exit code. */
__attribute__((format(printf, 1, 2))) static int misused(const char *format,
                                                         ...)
{
    va_list arguments;
    fputs("fetch: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    fputs(" (see fetch --help)\n", stderr);
    va_end(arguments);
    return EXIT_USAGE;
}

/* ---- the models ---- */

/* The default model: the event loop, or, if this build has none, the first
 * one. */
static const struct model *default_model(void)
{
    const struct model *model = models_find("callbacks");
    return model ? model : models[0];
}

static int list_models(void)
{
    for (size_t i = 0; models[i]; i++) {
        const char *why_not = models_why_not(models[i]);
        printf("%-16s %-12s %s", models[i]->name, models[i]->family,
               models[i]->summary);
        if (why_not)
            printf(" (not here: %s)", why_not);
        putchar('\n');
    }
    return 0;
}

static int choose_model(struct fetch_options *options, const char *name)
{
    options->model = models_find(name);
    if (!options->model)
        return misused("there is no model '%s': --list-models has them all",
                       name);
    const char *why_not = models_why_not(options->model);
    if (why_not) {
        fprintf(stderr, "fetch: %s is not available here: %s\n", name, why_not);
        return fetch_error_exit_code(FETCH_SYSTEM);
    }
    return -1;
}

/* The sentence needs no memory. */
static int out_of_memory(void)
{
    fprintf(stderr, "fetch: %s\n", fetch_error_sentence(FETCH_NO_MEMORY));
    return fetch_error_exit_code(FETCH_NO_MEMORY);
}

/* ---- one option at a time: -1 to go on, or the exit code ---- */

static int read_count(const char *text, const char *what, size_t *count)
{
    if (argument_count(text, 1, 100000000, count))
        return -1;
    return misused("'%s' is not a number of %s", text, what);
}

static int read_limit(const char *text, nanos *span)
{
    if (!argument_span(text, span))
        return misused("'%s' is not a time (try 20ms or 1.5)", text);
    if (*span == 0)
        *span = NEVER;
    return -1;
}

static int read_redirects(const char *text, int *most)
{
    size_t count;
    if (!argument_count(text, 0, 1000, &count))
        return misused("'%s' is not a number of redirects", text);
    *most = (int)count;
    return -1;
}

/* Limits the whole head, and with it each line. */
static int read_header_limit(const char *text, struct message_limits *limits)
{
    if (!argument_count(text, 1, 100000000, &limits->head))
        return misused("'%s' is not a number of bytes", text);
    limits->line = limits->head;
    return -1;
}

static int read_method(const char *name, struct fetch_options *options)
{
    for (int method = METHOD_GET; method <= METHOD_POST; method++)
        if (!strcmp(name, method_name((enum method)method))) {
            options->method = (enum method)method;
            options->method_given = true;
            return -1;
        }
    return misused("the method is GET, HEAD or POST, not '%s'", name);
}

static int read_header(const char *text, struct headers *headers)
{
    const char *colon = strchr(text, ':');
    if (colon) {
        struct slice name = {text, (size_t)(colon - text)};
        int error = headers_add(headers, name, slice_trim(slice_of(colon + 1)));
        if (error != -EINVAL)
            return error ? out_of_memory() : -1;
    }
    return misused("'%s' is not a header: write 'Name: value'", text);
}

/* Options that cannot be wrong. */
static int read_flag(struct fetch_options *options, int option)
{
    switch (option) {
    case 'k':
        options->call.keep_alive = true;
        return -1;
    case 'L':
        options->location = true;
        return -1;
    case 'I':
        return read_method("HEAD", options);
    case 'd':
        options->data = optarg;
        return -1;
    case 'o':
        options->directory = optarg;
        return -1;
    case OPTION_CACERT:
        options->trust.ca_file = optarg;
        return -1;
    case OPTION_INSECURE:
        options->trust.insecure = true;
        return -1;
    case OPTION_JSON:
        options->json = true;
        return -1;
    case OPTION_LIST_MODELS:
        return list_models();
    case OPTION_HELP:
        printf(help, options->model ? options->model->name : "none");
        return 0;
    default:
        return EXIT_USAGE; /* getopt has said why */
    }
}

static int read_option(struct fetch_options *options, int option)
{
    switch (option) {
    case OPTION_MODEL:
        return choose_model(options, optarg);
    case 'c':
        return read_count(optarg, "requests at once", &options->concurrency);
    case 'n':
        return read_count(optarg, "requests", &options->count);
    case OPTION_CONNECT_TIMEOUT:
        options->limited = true;
        return read_limit(optarg, &options->call.connect_timeout);
    case OPTION_MAX_TIME:
        options->limited = true;
        return read_limit(optarg, &options->call.total_timeout);
    case OPTION_MAX_REDIRECTS:
        return read_redirects(optarg, &options->redirects_max);
    case OPTION_MAX_HEADER:
        return read_header_limit(optarg, &options->call.limits);
    case 'X':
        return read_method(optarg, options);
    case 'H':
        return read_header(optarg, &options->extra);
    default:
        return read_flag(options, option);
    }
}

/* ---- what they mean together ---- */

static int read_url(struct fetch_options *options, size_t index)
{
    struct url url = {0};
    enum url_error bad = url_parse(&url, options->urls[index]);
    if (bad == URL_OK)
        bad = call_check_url(&options->call, &url);
    if (bad != URL_OK) {
        url_deinit(&url);
        if (bad == URL_NO_MEMORY)
            return out_of_memory();
        fprintf(stderr, "fetch: %s: %s\n", options->urls[index],
                url_error_sentence(bad));
        return EXIT_USAGE;
    }
    struct slice body = slice_of(options->data ? options->data : "");
    int error = request_init(&options->pages[index], options->method, &url,
                             &options->extra, body);
    url_deinit(&url);
    if (error == -EINVAL)
        return misused("Content-Length, Transfer-Encoding and Connection are "
                       "written by the client, and Host only once");
    return error ? out_of_memory() : -1;
}

static int read_urls(struct fetch_options *options)
{
    int code = -1;
    options->pages = calloc(options->url_count, sizeof *options->pages);
    if (!options->pages)
        return out_of_memory();
    for (size_t i = 0; code < 0 && i < options->url_count; i++)
        code = read_url(options, i);
    return code;
}

/* Reads the issuers before the model forks anything, if they are sure to be
 * needed: that takes longer than a page. A file that was given is always read,
 * so that a mistake is reported. */
static int load_trust(struct fetch_options *options)
{
    struct tls_context *context;
    bool needed = options->trust.ca_file != NULL;
    for (size_t i = 0; i < options->url_count; i++)
        needed = needed || options->pages[i].url.endpoint.secure;
    int error = needed ? tls_trust_context(&options->trust, &context) : 0;
    if (!error)
        return -1;
    if (error == -EINVAL)
        return misused("--cacert: there is no certificate in %s",
                       options->trust.ca_file);
    if (error == -ENOTSUP)
        return misused("--cacert: %s", url_error_sentence(URL_NO_TLS));
    if (options->trust.ca_file && error != -ENOMEM)
        return misused("--cacert: %s cannot be read: %s",
                       options->trust.ca_file, strerror(-error));
    return out_of_memory();
}

/* Reports options that this model does not support. */
static void warn_of_inability(const struct fetch_options *options)
{
    const struct model *model = options->model;
    const struct {
        enum ability ability;
        bool asked;
        const char *instead;
    } wishes[] = {
        {CAN_OVERLAP, options->concurrency > 1, "fetches one page at a time"},
        {CAN_KEEP_ALIVE, options->call.keep_alive,
         "opens a connection for every page"},
        {CAN_REDIRECT, options->location, "does not follow redirects"},
        {CAN_TIME_OUT, options->limited, "keeps no time limits"},
    };
    for (size_t i = 0; i < sizeof wishes / sizeof *wishes; i++)
        if (wishes[i].asked && !(model->can & wishes[i].ability))
            fprintf(stderr, "fetch: note: %s %s\n", model->name,
                    wishes[i].instead);
}

static int settle(struct fetch_options *options)
{
    if (!options->model)
        return misused("this build has no model");
    if (options->url_count == 0)
        return misused("no URL is given");
    if (options->data && !options->method_given)
        options->method = METHOD_POST;
    if (options->data && options->method != METHOD_POST)
        return misused("only a POST has data");
    if (options->location)
        options->call.redirects_max = options->redirects_max;
    if (options->count == 0)
        options->count = options->url_count;
    /* Models allocate for all requests that may be in flight, so there is a
     * limit. */
    if (options->concurrency > options->count)
        options->concurrency = options->count;
    options->call.keep_body = options->directory || fetch_prints_body(options);
    int code = read_urls(options);
    return code < 0 ? load_trust(options) : code;
}

bool fetch_prints_body(const struct fetch_options *options)
{
    return options->count == 1 && options->url_count == 1 && !options->json &&
           !options->directory;
}

int fetch_options_init(struct fetch_options *options, int argc, char **argv)
{
    int code = -1, option;
    *options = (struct fetch_options){
        .model = default_model(),
        .concurrency = 1,
        .redirects_max = 10,
        .call = call_default_options,
    };
    options->call.trust = &options->trust;
    while (code < 0 && (option = getopt_long(argc, argv, "c:n:kLX:Id:H:o:",
                                             long_options, NULL)) != -1)
        code = read_option(options, option);
    if (code >= 0)
        return code;
    options->urls = argv + optind;
    options->url_count = (size_t)(argc - optind);
    code = settle(options);
    if (code < 0)
        warn_of_inability(options);
    return code;
}

void fetch_options_deinit(struct fetch_options *options)
{
    for (size_t i = 0; options->pages && i < options->url_count; i++)
        request_deinit(&options->pages[i]);
    free(options->pages);
    headers_deinit(&options->extra);
    tls_trust_deinit(&options->trust);
}
