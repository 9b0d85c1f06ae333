/* SPDX-License-Identifier: MIT */
/* Starts a contestant in a process and a process group of its own. The race
 * survives whatever that does: crash, hang, print without end or leave children
 * behind. */
#ifndef HARNESS_RACE_LAUNCH_H
#define HARNESS_RACE_LAUNCH_H

#include "base/bytes.h"
#include "base/nanos.h"

#include <sys/resource.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A contestant gets all of our environment: a model is this program again, and
 * what a user brings along may need what the user has set. Those of the peers
 * that would listen to it (curl, Python) are told not to by their options. */
struct launch {
    const char *program;    /* a path */
    char *const *arguments; /* [0] is a name; closed by NULL */
    nanos timeout;          /* then the group is killed */
    int stop_fd;            /* killed when it is readable; -1: never */
    int processor;          /* it runs on that one alone; negative: on any */

    /* Called every `sample_every` while it runs; NULL: never. */
    void (*sample)(void *context, pid_t group);
    void *sample_context;
    nanos sample_every;

    /* Called each time the wake-up `asked_fd` (base/wakeup.h) is set; a
     * negative one never is. `left`: of the timeout. */
    int asked_fd;
    void (*asked)(void *context, pid_t group, nanos left);
    void *asked_context;
};

enum launch_end {
    LAUNCH_ENDED, /* by itself, well or badly: see wait_status */
    LAUNCH_TIMED_OUT,
    LAUNCH_STOPPED,
};

struct launch_outcome {
    enum launch_end end;
    int wait_status;      /* as of waitpid */
    struct rusage usage;  /* with all children that it waited for */
    nanos took;           /* from its start to its end */
    struct buffer output; /* its standard output, at most 64 KiB; owned */
};

/* Runs it to its end. The outcome's buffer is the caller's to deinitialise, in
 * any case. 0, or a negative errno when it could not be started. All processes
 * of its group are dead afterwards. */
int launch_run(const struct launch *launch, struct launch_outcome *outcome);

/* Why the outcome is useless, as a sentence; false when it ended by itself with
 * exit code 0. */
bool launch_explain(const struct launch_outcome *outcome, char *text,
                    size_t size);

#ifdef __cplusplus
}
#endif

#endif
