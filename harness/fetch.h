/* SPDX-License-Identifier: MIT */
/* `fetch`: a client for real use, with any model. Its parts:
 *
 *     fetch_options.c  the command line, read and checked
 *     fetch_batch.c    what a model is given: jobs out, results in
 *     fetch_print.c    a result for a person, and the summary; progress
 *     fetch_json.c     the same for a program
 *     fetch_save.c     a body as a file
 * fetch_asked.c answers Ctrl-\: what it waits for
 * fetch_watch.c ends a fetch whose worker does not come back
 *     fetch.c          the command itself
 */
#ifndef HARNESS_FETCH_H
#define HARNESS_FETCH_H

#include "harness/in_flight.h"
#include "harness/inquiry.h"
#include "http/model.h"

#include <pthread.h>

#ifdef __cplusplus
extern "C" {
#endif

struct fetch_options {
    const struct model *model;
    size_t concurrency;
    size_t count;          /* of requests */
    struct request *pages; /* one for each URL; gone through round robin */
    char **urls;           /* as they were given; borrowed from argv */
    size_t url_count;
    enum method method;
    bool method_given;
    bool location, limited; /* -L; --connect-timeout or --max-time */
    int redirects_max;
    struct headers extra;
    const char *data;      /* NULL: none */
    const char *directory; /* NULL: bodies are not saved */
    bool json;
    struct tls_trust trust; /* --cacert, --insecure */
    struct call_options call;
};

/* Reads a command line. Returns -1 when there is something to fetch; otherwise
 * the exit code, and all messages have been printed. Deinitialise in both
 * cases. */
int fetch_options_init(struct fetch_options *options, int argc, char **argv);
void fetch_options_deinit(struct fetch_options *options);

/* With one URL that is fetched once, the body itself is printed. */
bool fetch_prints_body(const struct fetch_options *options);

enum { FETCH_STATUS_END = 1000 };

/* A fetch under way, and its results so far. */
struct fetch {
    pthread_mutex_t lock; /* held while a result is taken in */
    struct batch batch;
    const struct fetch_options *options;
    struct call_options call; /* those of the options, traced */
    struct cancel cancel;
    struct in_flight *in_flight; /* NULL: it cannot be asked */
    struct inquiry inquiry;
    int asked; /* the wake-up of a model that waits in a loop */
    size_t handed_out, finished, failed;
    uint64_t bytes;
    nanos began, last_progress;
    bool progress_shown;
    size_t statuses[FETCH_STATUS_END]; /* how often each status was received */
    size_t errors[FETCH_CANCELLED + 1];
    /* The failure that decides the exit code: that of the lowest index. */
    size_t first_failed;
    enum fetch_error first_error;
    bool
        stopped; /* output failed: this was reported, and the fetch cancelled */
    unsigned *told; /* for each URL, which errors were already printed */
};

/* 0 or a negative errno. `options` is borrowed. */
int fetch_init(struct fetch *fetch, const struct fetch_options *options);
void fetch_deinit(struct fetch *fetch);

/* The model works through the batch. 0 or a negative errno. */
int fetch_run(struct fetch *fetch);

/* While the model runs, SIGQUIT makes the program print what is in flight.
 * Without memory or a thread for that, SIGQUIT keeps its old meaning. */
void fetch_asked_start(struct fetch *fetch);
void fetch_asked_stop(struct fetch *fetch);

/* Prints how the fetch ended: the summary, and, for a negative errno, why the
 * model could not be set up or go on. Returns the exit code. */
int fetch_conclude(struct fetch *fetch, int error);

/* Stops because output has failed: cancels what is under way. The exit code is
 * the one for errors of this machine. */
void fetch_stop(struct fetch *fetch);

/* The text of a result's URL. */
static inline const char *fetch_url(const struct fetch *fetch, size_t index)
{
    return fetch->options->urls[index % fetch->options->url_count];
}

/* Whether a body was saved as a file. */
struct saved {
    struct buffer path; /* a string; without bytes where none was to be saved */
    int error;          /* why it is not there: a negative errno */
};

/* The path of the file if it was saved; else NULL. */
const char *saved_path(const struct saved *saved);

/* A sentence about what failed, the page or its file: in `space`, or a constant
 * if there is no memory for more. */
const char *fetch_explain(const struct result *result,
                          const struct saved *saved, struct buffer *space);

/* Prints a result as it came in: as a line, as JSON, or its body. */
void fetch_print_result(struct fetch *fetch, size_t index,
                        const struct result *result, const struct saved *saved);
void fetch_print_summary(struct fetch *fetch);

/* A line of JSON each. */
void fetch_print_json(const struct fetch *fetch, size_t index,
                      const struct result *result, const struct saved *saved);
void fetch_print_json_summary(const struct fetch *fetch, nanos wall);

/* Reports that from now on fewer pages are fetched at once than were asked for,
 * and why. */
void fetch_tell_fewer(struct fetch *fetch, enum fetch_error why);

/* Shows progress at a terminal on which no results appear: at most five times a
 * second, and not in the first two seconds. */
void fetch_show_progress(struct fetch *fetch, nanos now);
void fetch_hide_progress(struct fetch *fetch);

/* Saves a body under a name made of index and URL, whole or not at all. */
void fetch_save(const struct fetch *fetch, size_t index,
                const struct result *result, struct saved *saved);

#ifdef __cplusplus
}
#endif

#endif
