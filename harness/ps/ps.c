/* SPDX-License-Identifier: MIT */
/* `ps` and `pstree`: what does a running program wait for? */
#include "base/clock.h"
#include "harness/arguments.h"
#include "harness/commands.h"
#include "harness/ps/print.h"
#include "harness/ps/warnings.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char help[] =
    "usage: %s [options] PID\n"
    "What a running program of this lab waits for: its Tasks, each with the\n"
    "frames of its coroutines and what it awaits, down to the descriptor or "
    "the\n"
    "timer; and its callbacks. ps shows tables, pstree shows what awaits "
    "what.\n"
    "The program is not stopped: its memory is read while it runs, also when "
    "its\n"
    "loop is stuck. It has to be yours.\n"
    "\n"
    "  --for SPAN  how long it is watched for what looks wrong (200ms); 0 "
    "looks\n"
    "              once\n"
    "\n"
    "Warnings: a callback or a Task that does not come back to its loop; one "
    "that\n"
    "is woken for nothing; a Task that waits for ever, or whose waker is "
    "lost.\n"
    "\n"
    "Exit code: 0, also with warnings; 1 when the program cannot be looked "
    "into,\n"
    "or ends meanwhile; 2 when the command line makes no sense.\n";

enum { LOOKS = 5, TRIES = 20, OPTION_FOR = 256, OPTION_HELP };

static const struct option long_options[] = {
    {"for", required_argument, NULL, OPTION_FOR},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

typedef void print_snapshot(struct snapshot *snapshot, FILE *out);

struct ps {
    const char *name;
    print_snapshot *print;
    pid_t pid;
    nanos span;
};

/* -1 to go on, or the exit code. */
static int read_options(struct ps *ps, int argc, char **argv)
{
    int option;
    size_t pid;
    while ((option = getopt_long(argc, argv, "h", long_options, NULL)) != -1) {
        switch (option) {
        case OPTION_FOR:
            if (!argument_span(optarg, &ps->span)) {
                fprintf(stderr, "%s: '%s' is not a time (try 20ms or 1.5)\n",
                        ps->name, optarg);
                return EXIT_USAGE;
            }
            break;
        case 'h':
        case OPTION_HELP:
            printf(help, ps->name);
            return EXIT_SUCCESS;
        default:
            return EXIT_USAGE;
        }
    }
    if (optind + 1 != argc || !argument_count(argv[optind], 1, INT_MAX, &pid)) {
        fprintf(stderr, "%s: give the number of one process (see --help)\n",
                ps->name);
        return EXIT_USAGE;
    }
    ps->pid = (pid_t)pid;
    return -1;
}

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
static int take_all(const struct ps *ps, struct target *target,
                    struct snapshot *snapshots, size_t count)
{
    int error = 0;
    for (size_t i = 0; !error && i < count; i++) {
        if (i)
            pause_for(ps->span / (LOOKS - 1));
        error = take_stable(&snapshots[i], target);
    }
    return error;
}

static int look_at_target(const struct ps *ps, struct target *target)
{
    struct snapshot *snapshots = calloc(LOOKS, sizeof *snapshots);
    size_t count = ps->span > 0 ? LOOKS : 1;
    if (!snapshots)
        return -ENOMEM;
    int error = take_all(ps, target, snapshots, count);
    if (!error) {
        ps->print(&snapshots[count - 1], stdout);
        warnings_find(target, snapshots, count, tell_sentence, NULL);
    }
    for (size_t i = 0; i < count; i++)
        snapshot_free(&snapshots[i]);
    free(snapshots);
    return error;
}

static int run_ps(const char *name, print_snapshot *print, int argc,
                  char **argv)
{
    struct ps ps = {name, print, 0, 200 * NANOS_PER_MILLISECOND};
    struct target target;
    int code = read_options(&ps, argc, argv);
    if (code >= 0)
        return code;
    if (target_open(&target, ps.pid)) {
        fprintf(stderr, "%s: %s\n", name, target.why);
        return EXIT_FAILURE;
    }
    int error = look_at_target(&ps, &target);
    target_close(&target);
    if (error == -ESRCH)
        fprintf(stderr, "%s: process %d has ended\n", name, (int)ps.pid);
    else if (error)
        fprintf(stderr, "%s: %s\n", name, strerror(-error));
    return error ? EXIT_FAILURE : EXIT_SUCCESS;
}

int ps_main(int argc, char **argv)
{
    return run_ps("ps", print_ps, argc, argv);
}

int pstree_main(int argc, char **argv)
{
    return run_ps("pstree", print_pstree, argc, argv);
}
