/* SPDX-License-Identifier: MIT */
/* `serve`: the origin by itself, for curl, a browser or `fetch`. */
#include "base/output.h"
#include "harness/arguments.h"
#include "harness/commands.h"
#include "harness/inquiry.h"
#include "harness/origin/origin.h"
#include "http/tls_identity.h"
#include "http/url.h"

#include <errno.h>
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

struct serve {
    struct origin_options origin;
    bool tls;
    const char *certificate_file, *key_file; /* NULL: made for this run */
    struct tls_identity made;
};

/* The URL is alone on its line, for programs; the rest is for people. */
static int print_address(void *context, uint16_t port)
{
    const struct serve *serve = context;
    const char *host = serve->origin.host;
    bool ipv6 = strchr(host, ':');
    char url[300], trust[100] = "";
    snprintf(url, sizeof url, "http%s://%s%s%s:%u", serve->tls ? "s" : "",
             ipv6 ? "[" : "", host, ipv6 ? "]" : "", port);
    if (serve->made.folder[0])
        snprintf(trust, sizeof trust, "--cacert %s ",
                 serve->made.certificate_file);
    printf("%s/\n\n"
           "Try:\n"
           "  curl %s%s/bytes/1024?delay=20ms | wc -c\n"
           "  curl %s-i %s/status/404\n"
           "  curl %s%s/stats\n"
           "  ./lab fetch %s-c 4 -n 4 '%s/hold?until=4'\n"
           "Ctrl-C ends it.\n",
           url, trust, url, trust, url, trust, url, trust, url);
    /* If its address cannot be printed, the server is of no use. */
    return output_check("serve");
}

/* -1 to go on, or the exit code. */
static int read_options(struct serve *serve, int argc, char **argv)
{
    struct origin_options *options = &serve->origin;
    int option;
    size_t number = 0;
    while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
        switch (option) {
        case OPTION_HOST:
            options->host = optarg;
            break;
        case OPTION_PORT:
            if (!argument_count(optarg, 0, UINT16_MAX, &number)) {
                fprintf(stderr, "serve: '%s' is not a port\n", optarg);
                return EXIT_USAGE;
            }
            options->port = (uint16_t)number;
            break;
        case OPTION_SEED:
            if (!argument_count(optarg, 0, SIZE_MAX, &number)) {
                fprintf(stderr, "serve: '%s' is not a number\n", optarg);
                return EXIT_USAGE;
            }
            options->seed = number;
            break;
        case OPTION_TLS:
            serve->tls = true;
            break;
        case OPTION_CERT:
            serve->certificate_file = optarg;
            break;
        case OPTION_KEY:
            serve->key_file = optarg;
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
    if (!serve->certificate_file != !serve->key_file) {
        fputs("serve: --cert and --key go together\n", stderr);
        return EXIT_USAGE;
    }
    serve->tls = serve->tls || serve->key_file;
    return -1;
}

/* ---- TLS ---- */

static int explain_no_tls(const struct serve *serve, int error)
{
    if (error == -ENOTSUP)
        fprintf(stderr, "serve: %s\n", url_error_sentence(URL_NO_TLS));
    else if (!serve->key_file)
        fprintf(stderr, "serve: no certificate can be made in /tmp: %s\n",
                strerror(-error));
    else if (error == -EINVAL)
        fprintf(stderr,
                "serve: there is no certificate in %s, or %s is not "
                "its key\n",
                serve->certificate_file, serve->key_file);
    else
        fprintf(stderr, "serve: %s or %s cannot be read: %s\n",
                serve->certificate_file, serve->key_file, strerror(-error));
    return error;
}

/* 0 or a negative errno, which has been reported. */
static int begin_tls(struct serve *serve)
{
    int error = 0;
    if (!serve->tls)
        return 0;
    if (!serve->key_file) {
        error = tls_identity_make(&serve->made);
        serve->certificate_file = serve->made.certificate_file;
    }
    if (!error)
        error = tls_server_context_new(
            &serve->origin.tls, serve->certificate_file,
            serve->key_file ? serve->key_file : serve->made.key_file);
    return error ? explain_no_tls(serve, error) : 0;
}

static void end_tls(struct serve *serve)
{
    tls_context_free(serve->origin.tls);
    tls_identity_remove(&serve->made);
}

/* ---- the command ---- */

static int serve(struct serve *serve)
{
    struct origin_options *options = &serve->origin;
    /* Without a descriptor for this, Ctrl-\ ends the program as usual. */
    int asked = inquiry_open();
    options->asked = asked >= 0 ? &asked : NULL;
    int error = origin_serve(options, -1, print_address, serve);
    if (asked >= 0)
        inquiry_close(asked);
    if (error && !output_flush())
        fprintf(stderr, "serve: cannot listen on %s port %u: %s\n",
                options->host, options->port, strerror(-error));
    return error;
}

int serve_main(int argc, char **argv)
{
    struct serve options = {.origin.host = "127.0.0.1"};
    int code = read_options(&options, argc, argv);
    if (code >= 0)
        return code;
    int error = begin_tls(&options);
    if (!error)
        error = serve(&options);
    end_tls(&options);
    return error ? EXIT_FAILURE : EXIT_SUCCESS;
}
