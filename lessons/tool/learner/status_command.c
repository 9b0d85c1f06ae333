/* SPDX-License-Identifier: MIT */
/* `status`: where the learner is; as JSON, for a program that collects that
 * of a whole room, or sent there. */
#include "lessons/tool/commands.h"

#include "base/buffer_stream.h"
#include "base/output.h"
#include "harness/arguments.h"
#include "lessons/tool/learner/status_report.h"
#include "lessons/tool/learner/status_send.h"
#include "lessons/tool/session.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

struct status_options {
    bool json;
    const char *name; /* NULL: none is told */
    const char *to;   /* a URL or a folder; NULL */
    size_t every;     /* seconds between two; 0: once */
};

static const char usage[] =
    "usage: ./lab status [--json | --send URL|DIR [--every SECONDS]]\n"
    "                    [--name NAME]\n";

/* ---- sending ---- */

static int make_text(const struct session *session, const char *laptop,
                     const char *name, struct buffer *text)
{
    FILE *out = buffer_stream_open(text);
    if (!out)
        return -ENOMEM;
    status_write(session, laptop, name, out);
    return buffer_stream_close(out);
}

static bool is_url(const char *to)
{
    return strstr(to, "://") != NULL;
}

static int send_text(const struct place *place, const char *to,
                     const char *laptop, struct slice text)
{
    char folder[PATH_MAX];
    struct buffer why = {0};
    int status = is_url(to) ? status_post(to, text, &why)
                            : status_leave(place_path(place, to, folder),
                                           laptop, text, &why);
    struct slice reason = buffer_reason(&why);
    if (status)
        fprintf(stderr, "lab: it could not be sent: %.*s\n", (int)reason.size,
                reason.data);
    buffer_deinit(&why);
    return status ? 1 : 0;
}

/* What is in the state now. */
static int send_once(const struct place *place,
                     const struct status_options *options)
{
    char laptop[LAPTOP_SIZE + 1];
    struct session session;
    struct buffer text = {0};
    if (session_open(&session, place))
        return 1;
    int error = status_laptop(place, laptop);
    if (!error)
        error = make_text(&session, laptop, options->name, &text);
    int status = 1;
    if (error)
        fprintf(stderr, "lab: status: %s\n", strerrordesc_np(-error));
    else
        status = send_text(place, options->to, laptop, buffer_slice(&text));
    if (!status && !options->every)
        printf("Sent, as %s%.4s.\n", options->name ? options->name : "laptop ",
               options->name ? "" : laptop);
    buffer_deinit(&text);
    session_close(&session);
    return status;
}

/* Again and again, also where it has failed: a server may be there later. */
static int send_on(const struct place *place,
                   const struct status_options *options)
{
    int status = send_once(place, options);
    if (!options->every)
        return status;
    printf("Sent every %zu s, until Ctrl-C.\n", options->every);
    while (!output_flush()) {
        sleep((unsigned)options->every);
        send_once(place, options);
    }
    return 1;
}

/* ---- the command ---- */

static int read_options(struct status_options *options, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;
        if (!strcmp(argv[i], "--json"))
            options->json = true;
        else if (!value)
            return -EINVAL;
        else if (!strcmp(argv[i], "--name"))
            options->name = argv[++i];
        else if (!strcmp(argv[i], "--send"))
            options->to = argv[++i];
        else if (!strcmp(argv[i], "--every") &&
                 argument_count(value, 1, 3600, &options->every))
            i++;
        else
            return -EINVAL;
    }
    bool alone = !options->to && !options->json;
    return (options->to && options->json) || (options->every && !options->to) ||
                   (options->name && alone)
               ? -EINVAL
               : 0;
}

static int print_json(const struct place *place, const char *name)
{
    struct session session;
    if (session_open(&session, place))
        return 1;
    status_write(&session, NULL, name, stdout);
    session_close(&session);
    return 0;
}

int status_main(const struct place *place, int argc, char **argv)
{
    struct status_options options = {0};
    if (argc == 1)
        return list_main(place, 2,
                         (char *[]){argv[0], (char[]){"--short"}, NULL});
    if (read_options(&options, argc, argv)) {
        fputs(usage, stderr);
        return 2;
    }
    return options.to ? send_on(place, &options)
                      : print_json(place, options.name);
}
