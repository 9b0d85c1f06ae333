/* SPDX-License-Identifier: MIT */
/* `serve`: the origin by itself, for curl, a browser or `fetch`. */
#include "base/output.h"
#include "harness/commands.h"
#include "harness/inquiry.h"
#include "harness/origin/origin.h"
#include "harness/serve_options.h"
#include "http/tls_identity.h"
#include "http/url.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct serve {
    struct serve_options options;
    struct tls_identity made;
};

/* The URL is alone on its line, for programs; the rest is for people. */
static int print_address(void *context, uint16_t port)
{
    const struct serve *serve = context;
    const char *host = serve->options.origin.host;
    bool ipv6 = strchr(host, ':');
    char url[300], trust[100] = "";
    snprintf(url, sizeof url, "http%s://%s%s%s:%u",
             serve->options.tls ? "s" : "", ipv6 ? "[" : "", host,
             ipv6 ? "]" : "", port);
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

/* ---- TLS ---- */

static int explain_no_tls(const struct serve_options *options, int error)
{
    if (error == -ENOTSUP)
        fprintf(stderr, "serve: %s\n", url_error_sentence(URL_NO_TLS));
    else if (!options->key_file)
        fprintf(stderr, "serve: no certificate can be made in /tmp: %s\n",
                strerror(-error));
    else if (error == -EINVAL)
        fprintf(stderr,
                "serve: there is no certificate in %s, or %s is not "
                "its key\n",
                options->certificate_file, options->key_file);
    else
        fprintf(stderr, "serve: %s or %s cannot be read: %s\n",
                options->certificate_file, options->key_file, strerror(-error));
    return error;
}

/* 0 or a negative errno, which has been reported. */
static int begin_tls(struct serve *serve)
{
    struct serve_options *options = &serve->options;
    const char *certificate_file = options->certificate_file,
               *key_file = options->key_file;
    int error = 0;
    if (!options->tls)
        return 0;
    if (!key_file) {
        error = tls_identity_make(&serve->made);
        certificate_file = serve->made.certificate_file;
        key_file = serve->made.key_file;
    }
    if (!error)
        error = tls_server_context_new(&options->origin.tls, certificate_file,
                                       key_file);
    return error ? explain_no_tls(options, error) : 0;
}

static void end_tls(struct serve *serve)
{
    tls_context_free(serve->options.origin.tls);
    tls_identity_remove(&serve->made);
}

/* ---- the command ---- */

static int run(struct serve *serve)
{
    struct origin_options *origin = &serve->options.origin;
    /* Without a descriptor for this, Ctrl-\ ends the program as usual. */
    int asked = inquiry_open();
    origin->asked = asked >= 0 ? &asked : NULL;
    int error = origin_serve(origin, -1, print_address, serve);
    if (asked >= 0)
        inquiry_close(asked);
    if (error && !output_flush())
        fprintf(stderr, "serve: cannot listen on %s port %u: %s\n",
                origin->host, origin->port, strerror(-error));
    return error;
}

int serve_main(int argc, char **argv)
{
    struct serve serve = {.made.folder = ""};
    int code = serve_options_read(&serve.options, argc, argv);
    if (code >= 0)
        return code;
    int error = begin_tls(&serve);
    if (!error)
        error = run(&serve);
    end_tls(&serve);
    return error ? EXIT_FAILURE : EXIT_SUCCESS;
}
