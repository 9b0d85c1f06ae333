/* SPDX-License-Identifier: MIT */
/* `ps` and `pstree`: what does a running program wait for? */
#include "base/clock.h"
#include "harness/commands.h"
#include "harness/ps/print.h"
#include "harness/ps/ps_options.h"
#include "harness/ps/warnings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LOOKS = 5, TRIES = 20 };

typedef void print_snapshot(struct snapshot *snapshot, FILE *out);

/* Takes a snapshot; repeats it a few times if something changed while it was
 * read. 0 or a negative errno. */
static int take_stable(struct snapshot *snapshot, struct target *target)
{
    int error = 0;
    for (int i = 0; i < TRIES; i++) {
        error = snapshot_take(snapshot, target);
        if (error || !snapshot->unstable || i == TRIES - 1)
            break;
        snapshot_free(snapshot);
    }
    for (size_t i = 0; i < snapshot->handle_count; i++) {
        struct shown_handle *handle = &snapshot->handles[i];
        if (handle->kind == SHOWN_WATCHED && handle->was_ready)
            watch_look_again(target, handle);
    }
    return error;
}

static void pause_for(nanos span)
{
    struct timespec left = nanos_to_timespec(span);
    nanosleep(&left, NULL);
}

static void tell_sentence(void *context, const char *sentence)
{
    (void)context;
    print_warning(sentence, stdout);
}

/* Repeats until the program ends or something fails. 0 or a negative errno. */
static int take_all(struct target *target, nanos span,
                    struct snapshot *snapshots, size_t count)
{
    int error = 0;
    for (size_t i = 0; !error && i < count; i++) {
        if (i)
            pause_for(span / (LOOKS - 1));
        error = take_stable(&snapshots[i], target);
    }
    return error;
}

static int look_at_target(struct target *target, nanos span,
                          print_snapshot *print)
{
    struct snapshot *snapshots = calloc(LOOKS, sizeof *snapshots);
    size_t count = span > 0 ? LOOKS : 1;
    if (!snapshots)
        return -ENOMEM;
    int error = take_all(target, span, snapshots, count);
    if (!error) {
        print(&snapshots[count - 1], stdout);
        warnings_find(target, snapshots, count, tell_sentence, NULL);
    }
    for (size_t i = 0; i < count; i++)
        snapshot_free(&snapshots[i]);
    free(snapshots);
    return error;
}

static int run_ps(print_snapshot *print, int argc, char **argv)
{
    struct ps_options options;
    struct target target;
    int code = ps_options_read(&options, argc, argv);
    if (code >= 0)
        return code;
    if (target_open(&target, options.pid)) {
        fprintf(stderr, "%s: %s\n", options.name, target.why);
        return EXIT_FAILURE;
    }
    int error = look_at_target(&target, options.span, print);
    target_close(&target);
    if (error == -ESRCH)
        fprintf(stderr, "%s: process %d has ended\n", options.name,
                (int)options.pid);
    else if (error)
        fprintf(stderr, "%s: %s\n", options.name, strerror(-error));
    return error ? EXIT_FAILURE : EXIT_SUCCESS;
}

int ps_main(int argc, char **argv)
{
    return run_ps(print_ps, argc, argv);
}

int pstree_main(int argc, char **argv)
{
    return run_ps(print_pstree, argc, argv);
}
